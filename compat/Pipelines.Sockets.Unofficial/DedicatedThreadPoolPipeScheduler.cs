using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// Runs work on threads of its own, so that it does not wait behind other work of the process; on the thread pool where it has
/// too much.
/// </summary>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    private readonly Queue<(Action<object?> Action, object? State)> _queue = new();
    private readonly int _mostQueued;
    private int _idle;
    private long _byQueue;
    private long _byPool;
    private bool _disposed;

    /// <param name="name">Of the threads.</param>
    /// <param name="workerCount">Threads, 1 or more.</param>
    /// <param name="useThreadPoolQueueLength">Work that may wait before the thread pool takes further work.</param>
    /// <param name="priority">Of the threads.</param>
    public DedicatedThreadPoolPipeScheduler(
        string? name = null, int workerCount = 5, int useThreadPoolQueueLength = 10, ThreadPriority priority = ThreadPriority.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workerCount);
        WorkerCount = workerCount;
        _mostQueued = useThreadPoolQueueLength;
        for (var i = 0; i < workerCount; i++)
        {
            new Thread(Work) { IsBackground = true, Name = name ?? nameof(DedicatedThreadPoolPipeScheduler), Priority = priority }.Start();
        }
    }

    public int WorkerCount { get; }

    /// <summary>Threads that wait for work.</summary>
    public int AvailableCount => Volatile.Read(ref _idle);

    public long TotalServicedByQueue => Volatile.Read(ref _byQueue);

    public long TotalServicedByPool => Volatile.Read(ref _byPool);

    public override void Schedule(Action<object?> action, object? state)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_queue)
        {
            if (!_disposed && _queue.Count <= _mostQueued)
            {
                _queue.Enqueue((action, state));
                Monitor.Pulse(_queue);
                return;
            }
        }

        Interlocked.Increment(ref _byPool);
        ThreadPool.Schedule(action, state);
    }

    /// <summary>Lets the threads end once the queue is empty.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _disposed = true;
            Monitor.PulseAll(_queue);
        }
    }

    private void Work()
    {
        while (Take() is { } item)
        {
            Interlocked.Increment(ref _byQueue);
            item.Action(item.State);
        }
    }

    private (Action<object?> Action, object? State)? Take()
    {
        lock (_queue)
        {
            Interlocked.Increment(ref _idle);
            try
            {
                while (_queue.Count == 0)
                {
                    if (_disposed)
                    {
                        return null;
                    }

                    Monitor.Wait(_queue);
                }

                return _queue.Dequeue();
            }
            finally
            {
                Interlocked.Decrement(ref _idle);
            }
        }
    }
}
