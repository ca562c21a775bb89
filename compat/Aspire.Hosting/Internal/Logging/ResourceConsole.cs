using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Logging;

/// <summary>Shows what resources print, each line after the resource's or replica's name, and keeps it in their logs.</summary>
internal sealed class ResourceConsole(TextWriter writer, ResourceLoggerService loggers)
{
    private readonly Lock _lock = new();

    public void WriteLine(IResource resource, string resourceId, string line, bool isError)
    {
        loggers.Append(resource, resourceId, line, isError);
        lock (_lock)
            writer.WriteLine($"[{ReplicaName.Of(resource, resourceId)}] {line}");
    }
}
