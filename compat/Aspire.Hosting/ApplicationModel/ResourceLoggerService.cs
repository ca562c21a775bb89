using System.Collections.Concurrent;
using Aspire.Hosting.Internal.Logging;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Keeps what each resource prints, newest 10,000 lines, and lets it be followed: by the resource's name all its replicas, by the
/// id of a replica that one alone.
/// </summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells when a line came.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A logger that adds to a resource's log.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetLogger(resource.Name);
    }

    /// <summary>A logger that adds to a resource's log.</summary>
    public ILogger GetLogger(string resourceName) => new ResourceLogger(Log(resourceName));

    /// <summary>The lines so far, then new ones as they come.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.Name);
    }

    /// <summary>The lines so far, then new ones as they come.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    /// <summary>Keeps a line of one replica: in its own log, and in that of the resource, which has the lines of all.</summary>
    internal void Append(IResource resource, string resourceId, string line, bool isError)
    {
        Log(resource.Name).Append(line, isError);
        Log(resourceId).Append(line, isError);
    }

    internal ResourceLog Log(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return _logs.GetOrAdd(resourceName, _ => new ResourceLog(Time));
    }
}

/// <summary>A line that a resource printed.</summary>
/// <param name="LineNumber">From 1.</param>
/// <param name="Content">Without line end.</param>
/// <param name="IsErrorMessage">Whether it came from standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
