using CnnViz.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace CnnViz.Inference.Limits;

/// <summary>How much is computed at once, and how much may wait.</summary>
internal sealed class ComputeGateOptions
{
    /// <summary>
    /// Computations under way at the same time; default 4, so that a short call is not stuck behind a long one.
    /// </summary>
    [System.ComponentModel.DataAnnotations.Range(1, 1024)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Calls that may wait for a place; default 64. More are refused with RESOURCE_EXHAUSTED.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, 100_000)]
    public int Queue { get; set; } = 64;
}

/// <summary>
/// Lets a bounded number of computations run and a bounded number wait. A waiting caller that goes away leaves the queue at
/// once, before anything is computed.
/// </summary>
internal sealed class ComputeGate(IOptions<ComputeGateOptions> options) : IDisposable
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _places = new(options.Value.Concurrency);
    private readonly int _limit = options.Value.Concurrency + options.Value.Queue;
    private int _admitted;

    /// <summary>Computations running or waiting now.</summary>
    public int Admitted => Volatile.Read(ref _admitted);

    /// <summary>Waits for a place; disposing the result gives it back.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when the queue is full.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _admitted) > _limit)
        {
            Interlocked.Decrement(ref _admitted);
            throw RpcErrors.ResourceExhausted(
                "QUEUE_FULL", $"{_limit} computations are running or waiting, which is the limit; try again later", _retryAfter);
        }

        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _admitted);
            throw;
        }

        return new Place(this);
    }

    /// <summary>Runs a computation in a place of its own, off the caller's thread.</summary>
    public async Task<T> RunAsync<T>(Func<T> compute, CancellationToken cancellationToken)
    {
        using var place = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(compute, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _places.Dispose();

    private void Leave()
    {
        _places.Release();
        Interlocked.Decrement(ref _admitted);
    }

    private sealed class Place(ComputeGate gate) : IDisposable
    {
        private ComputeGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
    }
}
