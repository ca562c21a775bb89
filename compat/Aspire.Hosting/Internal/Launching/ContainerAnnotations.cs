using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>What a container reads from standard input: settings that must not be seen on a command line.</summary>
internal sealed record ContainerInputAnnotation(Func<CancellationToken, ValueTask<string>> GetAsync) : IResourceAnnotation;

/// <summary>A program that serves in the container's place when no engine has the image.</summary>
/// <param name="Command">Looked up in PATH; when it is not there either, the resource is absent.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="GetInputAsync">What it reads from standard input.</param>
internal sealed record LocalServerAnnotation(
    string Command, IReadOnlyList<string> Arguments, Func<CancellationToken, ValueTask<string>> GetInputAsync) : IResourceAnnotation;
