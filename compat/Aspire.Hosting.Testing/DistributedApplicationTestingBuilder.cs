using System.Reflection;
using Aspire.Hosting.Testing.Internal;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an app host's entry point inside a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the entry point until it builds its application.</summary>
    /// <typeparam name="TEntryPoint">A type of the app host's assembly, such as <c>Projects.CnnViz_AppHost</c>.</typeparam>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => RunAsync(typeof(TEntryPoint).Assembly, [], cancellationToken);

    /// <summary>Runs the entry point until it builds its application.</summary>
    /// <typeparam name="TEntryPoint">A type of the app host's assembly, such as <c>Projects.CnnViz_AppHost</c>.</typeparam>
    /// <param name="args">Its command line.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">It ended without building an application.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => RunAsync(typeof(TEntryPoint).Assembly, args, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(string[], CancellationToken)" />
    /// <param name="entryPoint">A type of the app host's assembly.</param>
    /// <param name="args">Its command line.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        return RunAsync(entryPoint.Assembly, args, cancellationToken);
    }

    private static async Task<IDistributedApplicationTestingBuilder> RunAsync(
        Assembly appHost, string[] args, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(args);
        var run = new EntryPointRun(appHost, args);
        return new TestingBuilder(run, await run.BuilderAsync(cancellationToken).ConfigureAwait(false));
    }
}
