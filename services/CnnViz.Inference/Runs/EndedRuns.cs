namespace CnnViz.Inference.Runs;

/// <summary>Runs that have ended, the oldest first, as many and as large together as the options allow. Safe for concurrent use.</summary>
internal sealed class EndedRuns(RunOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<LocalRun> _runs = [];
    private long _bytes;

    /// <summary>Keeps a run; returns those that had to go for it, perhaps itself.</summary>
    public IReadOnlyList<LocalRun> Add(LocalRun run)
    {
        var gone = new List<LocalRun>();
        lock (_gate)
        {
            _runs.Enqueue(run);
            _bytes += run.Log.Bytes;
            while (_runs.Count > 0 && (_runs.Count > options.EndedRuns || _bytes > options.EndedBytes))
            {
                var old = _runs.Dequeue();
                _bytes -= old.Log.Bytes;
                old.Evicted = true;
                gone.Add(old);
            }
        }

        return gone;
    }
}
