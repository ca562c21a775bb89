using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Logging;

/// <summary>A line and when it came.</summary>
internal readonly record struct TimedLine(LogLine Line, DateTimeOffset Time);

/// <summary>One resource's lines.</summary>
internal sealed class ResourceLog(TimeProvider time)
{
    public const int Capacity = 10_000;

    /// <summary>Longer lines are cut, so that a program that never ends its line cannot fill the memory.</summary>
    public const int LongestLine = 16_384;

    private readonly Lock _lock = new();
    private readonly Queue<TimedLine> _lines = new();
    private readonly List<Channel<TimedLine>> _watchers = [];
    private int _count;

    public void Append(string content, bool isError)
    {
        if (content.Length > LongestLine)
            content = content[..LongestLine] + "…";
        lock (_lock)
        {
            var line = new TimedLine(new LogLine(++_count, content, isError), time.GetUtcNow());
            if (_lines.Count == Capacity)
                _lines.Dequeue();
            _lines.Enqueue(line);
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(line);
        }
    }

    /// <summary>The newest <paramref name="count"/> lines, oldest first.</summary>
    public IReadOnlyList<string> Tail(int count)
    {
        lock (_lock)
            return [.. _lines.TakeLast(count).Select(l => l.Line.Content)];
    }

    /// <summary>All lines kept, oldest first.</summary>
    public IReadOnlyList<TimedLine> Snapshot()
    {
        lock (_lock)
            return [.. _lines];
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var batch in WatchTimedAsync(cancellationToken).ConfigureAwait(false))
            yield return [.. batch.Select(l => l.Line)];
    }

    public async IAsyncEnumerable<IReadOnlyList<TimedLine>> WatchTimedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A watcher that does not read loses old lines rather than holding them in memory.
        var channel = Channel.CreateBounded<TimedLine>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        TimedLine[] backlog;
        lock (_lock)
        {
            backlog = [.. _lines];
            _watchers.Add(channel);
        }

        try
        {
            if (backlog.Length > 0)
                yield return backlog;
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var batch = new List<TimedLine>();
                while (channel.Reader.TryRead(out var line))
                    batch.Add(line);
                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }
}
