namespace Aspire.Dashboard.Telemetry;

/// <summary>Tells those who wait that something has changed; several changes in a row may be told as one.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    /// <summary>Number of changes so far.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    public void Raise()
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            _version++;
            told = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }

    /// <summary>Ends when there are more changes than <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen)
    {
        lock (_lock)
            return _version > seen ? Task.CompletedTask : _next.Task;
    }
}
