using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Files;

/// <summary>
/// What a file says, read again when the file has changed: keys are withdrawn and certificates renewed without a restart. A file
/// that has become unreadable leaves what was read before. Safe for concurrent use.
/// </summary>
/// <typeparam name="T">What the file is read into.</typeparam>
internal sealed partial class ReloadingFile<T>
    where T : class
{
    // A look at the file's time for every call would be a system call each.
    private static readonly TimeSpan _lookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<T> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private T _value;
    private string _stamp;
    private long _looked;

    /// <summary>Reads the files for the first time; what the reader throws then passes.</summary>
    /// <param name="paths">The files, all of which the value is made of.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="time">Says when it is time to look again: after a second.</param>
    /// <param name="logger">Told of what was read again and of what cannot be.</param>
    public ReloadingFile(IReadOnlyList<string> paths, Func<T> read, TimeProvider time, ILogger logger)
    {
        (_paths, _read, _time, _logger) = (paths, read, time, logger);
        _stamp = Stamp();
        _value = read();
        _looked = time.GetTimestamp();
    }

    /// <summary>What the files say, not older than a second.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) >= _lookInterval)
                {
                    _looked = _time.GetTimestamp();
                    Look();
                }

                return _value;
            }
        }
    }

    private void Look()
    {
        var stamp = Stamp();
        if (stamp == _stamp)
        {
            return;
        }

        _stamp = stamp;
        try
        {
            _value = _read();
            Log.ReadAgain(_logger, _paths[0]);
        }
#pragma warning disable CA1031 // Whatever is wrong with the file, the service goes on with what it has.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The type alone: a parser's message may repeat a piece of the file.
            Log.Unreadable(_logger, _paths[0], exception.GetType().Name);
        }
    }

    private string Stamp() => string.Join('|', _paths.Select(path =>
    {
        var file = new FileInfo(path);
        return file.Exists ? FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks}:{file.Length}") : "";
    }));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Path} has changed and was read again")]
        public static partial void ReadAgain(ILogger logger, string path);

        [LoggerMessage(2, LogLevel.Error, "{Path} has changed and cannot be read ({Reason}); what was read before stays")]
        public static partial void Unreadable(ILogger logger, string path, string reason);
    }
}
