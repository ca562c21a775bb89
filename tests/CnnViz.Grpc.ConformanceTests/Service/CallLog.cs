using System.Collections.Concurrent;

namespace CnnViz.Grpc.ConformanceTests.Service;

/// <summary>What the server saw of a call that carries the header <see cref="IdHeader"/>.</summary>
public sealed class CallLog
{
    /// <summary>The header that names a call to be recorded.</summary>
    public const string IdHeader = "x-call-id";

    // Long enough for a loaded machine; only a failure waits for it.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);

    /// <summary>Records the call's deadline and, when it fires, its cancellation.</summary>
    public void Record(ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue(IdHeader) is not { } id)
            return;
        Call call = Of(id);
        call.Started.TrySetResult(context.Deadline);
        context.CancellationToken.Register(() => call.Cancelled.TrySetResult());
    }

    /// <summary>Ends with the call's deadline when the call started.</summary>
    public Task<DateTime> StartedAsync(string id) => Of(id).Started.Task.WaitAsync(_patience);

    /// <summary>Ends when the server saw the call cancelled.</summary>
    public Task CancelledAsync(string id) => Of(id).Cancelled.Task.WaitAsync(_patience);

    private Call Of(string id) => _calls.GetOrAdd(id, static _ => new Call());

    private sealed class Call
    {
        public TaskCompletionSource<DateTime> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
