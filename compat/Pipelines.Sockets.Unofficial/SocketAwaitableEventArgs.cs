using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A socket operation that can be awaited, by one awaiter.</summary>
public class SocketAwaitableEventArgs : SocketAsyncEventArgs, ICriticalNotifyCompletion
{
    private static readonly Action _completed = static () => { };

    private readonly PipeScheduler? _scheduler;
    private Action? _continuation;
    private int _aborted;

    /// <param name="ioScheduler">Where the awaiter goes on; null = where the operation ends.</param>
    public SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null) =>
        _scheduler = ReferenceEquals(ioScheduler, PipeScheduler.Inline) ? null : ioScheduler;

    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), _completed);

    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>Bytes transferred.</summary>
    /// <exception cref="SocketException">The operation failed or was aborted.</exception>
    public int GetResult()
    {
        var aborted = (SocketError)Volatile.Read(ref _aborted);
        var error = aborted != SocketError.Success ? aborted : SocketError;
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    /// <summary>Ends the wait for the operation with an error, whatever becomes of it.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        if (Interlocked.CompareExchange(ref _aborted, (int)error, (int)SocketError.Success) == (int)SocketError.Success)
        {
            Complete();
        }
    }

    /// <summary>Marks the operation as ended; the awaiter goes on.</summary>
    public void Complete()
    {
        var continuation = Interlocked.Exchange(ref _continuation, _completed);
        if (continuation is null || ReferenceEquals(continuation, _completed))
        {
            return;
        }

        if (_scheduler is null)
        {
            continuation();
        }
        else
        {
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
        }
    }

    public void OnCompleted(Action continuation)
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref _continuation, continuation, null), _completed))
        {
            // It ended between the question and the wait.
            ThreadPool.QueueUserWorkItem(static action => action(), continuation, preferLocal: false);
        }
    }

    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

    protected override void OnCompleted(SocketAsyncEventArgs e) => Complete();
}
