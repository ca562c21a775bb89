using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A connected socket as two pipes. Two loops move the bytes; either pipe's end ends its loop.</summary>
public sealed class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Socket _socket;
    private readonly Pipe _send;
    private readonly Pipe _receive;
    private long _bytesRead;
    private long _bytesSent;
    private int _lastReceived;
    private int _shutdownKind;
    private int _socketError;

    private SocketConnection(Socket socket, PipeOptions sendOptions, PipeOptions receiveOptions)
    {
        _socket = socket;
        _send = new Pipe(sendOptions);
        _receive = new Pipe(receiveOptions);
    }

    /// <summary>Bytes that came from the peer.</summary>
    public PipeReader Input => _receive.Reader;

    /// <summary>Bytes for the peer.</summary>
    public PipeWriter Output => _send.Writer;

    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    public SocketError SocketError => (SocketError)Volatile.Read(ref _socketError);

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Bytes of the last receive.</summary>
    public int LastReceived => Volatile.Read(ref _lastReceived);

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    /// <summary>Starts moving bytes between a connected socket and pipes.</summary>
    public static SocketConnection Create(
        Socket socket,
        PipeOptions? sendPipeOptions,
        PipeOptions? receivePipeOptions,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _ = (socketConnectionOptions, name);
        var connection = new SocketConnection(
            socket, sendPipeOptions ?? PipeOptions.Default, receivePipeOptions ?? PipeOptions.Default);
        _ = Task.Run(connection.ReceiveAsync);
        _ = Task.Run(connection.SendAsync);
        return connection;
    }

    /// <summary>Does nothing: there is no dependency that could be missing.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>Small messages leave at once.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
        {
            socket.NoDelay = true;
        }
    }

    /// <summary>Notes that the protocol ended the conversation, if nothing else has ended it before.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) =>
        kind is PipeShutdownKind.ProtocolExitClient or PipeShutdownKind.ProtocolExitServer && TryEnd(kind);

    public Counters GetCounters()
    {
        long onSocket;
        try
        {
            onSocket = _socket.Available;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            onSocket = -1;
        }

        return new Counters(onSocket, -1, -1);
    }

    public void Dispose()
    {
        TryEnd(PipeShutdownKind.PipeDisposed);
        _socket.Dispose();
        _send.Writer.Complete();
        _receive.Reader.CancelPendingRead();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var memory = _receive.Writer.GetMemory();
                var count = await _socket.ReceiveAsync(memory, SocketFlags.None).ConfigureAwait(false);
                if (count == 0)
                {
                    TryEnd(PipeShutdownKind.ReadEndOfStream);
                    break;
                }

                Volatile.Write(ref _lastReceived, count);
                Interlocked.Add(ref _bytesRead, count);
                _receive.Writer.Advance(count);
                var flushed = await _receive.Writer.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    TryEnd(PipeShutdownKind.ReadFlushCompleted);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            failure = Fault(exception, PipeShutdownKind.ReadDisposed, PipeShutdownKind.ReadSocketError, PipeShutdownKind.ReadException);
        }

        await _receive.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var read = await _send.Reader.ReadAsync().ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                {
                    for (var rest = segment; !rest.IsEmpty;)
                    {
                        var count = await _socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false);
                        Interlocked.Add(ref _bytesSent, count);
                        rest = rest[count..];
                    }
                }

                _send.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    // The peer hears that nothing more comes; it may still answer.
                    _socket.Shutdown(SocketShutdown.Send);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            failure = Fault(
                exception, PipeShutdownKind.WriteDisposed, PipeShutdownKind.WriteSocketError, PipeShutdownKind.WriteException);
        }

        await _send.Reader.CompleteAsync(failure).ConfigureAwait(false);
    }

    /// <summary>What the pipes' users hear of a failure: nothing where the socket was disposed on purpose.</summary>
    private Exception? Fault(Exception exception, PipeShutdownKind disposed, PipeShutdownKind socket, PipeShutdownKind other)
    {
        switch (exception)
        {
            case ObjectDisposedException:
            case SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted }:
                TryEnd(disposed);
                return null;
            case SocketException failure:
                Interlocked.CompareExchange(ref _socketError, (int)failure.SocketErrorCode, 0);
                TryEnd(socket);
                return failure.SocketErrorCode == SocketError.ConnectionReset
                    ? new ConnectionResetException(failure.Message, failure)
                    : failure;
            default:
                TryEnd(other);
                return exception;
        }
    }

    private bool TryEnd(PipeShutdownKind kind) => Interlocked.CompareExchange(ref _shutdownKind, (int)kind, 0) == 0;

    /// <summary>Bytes under way at one moment; -1 = not known.</summary>
    public readonly struct Counters
    {
        internal Counters(long onSocket, long toRead, long toSend) =>
            (BytesAvailableOnSocket, BytesWaitingToBeRead, BytesWaitingToBeSent) = (onSocket, toRead, toSend);

        /// <summary>Received by the system, not yet taken from the socket.</summary>
        public long BytesAvailableOnSocket { get; }

        /// <summary>Taken from the socket, not yet read from the pipe.</summary>
        public long BytesWaitingToBeRead { get; }

        /// <summary>Written to the pipe, not yet given to the socket.</summary>
        public long BytesWaitingToBeSent { get; }
    }
}
