using System.Globalization;
using CnnViz.Cache.Addressing;
using CnnViz.Cache.Values;
using Microsoft.Extensions.Logging;

namespace CnnViz.Cache.Shared;

/// <summary>
/// What all replicas share: results, and claims to compute one. Nothing here fails: a store that is down, hung, refuses the
/// password or holds damaged values is as good as empty, and costs a request no more than its budget.
/// </summary>
internal sealed partial class SharedLevel(
    IRemoteStore store, CacheOptions options, TimeProvider time, ILogger<SharedLevel> logger) : IDisposable
{
    private static readonly TimeSpan _storeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _probeLimit = TimeSpan.FromSeconds(1);

    private readonly CircuitBreaker _breaker = new(options.FailuresUntilOpen, options.OpenTime, time);
    private readonly SemaphoreSlim _stores = new(2);

    /// <summary>Whether the store is in use; false while it is left alone.</summary>
    public bool InUse => _breaker.Closed;

    public TimeProvider Time => time;

    public TimeSpan PollInterval => options.PollInterval;

    public CallBudget NewBudget() => new(TimeSpan.FromMilliseconds(options.BudgetMilliseconds), time);

    /// <summary>Finds out, beside the requests, whether a store that is left alone works again, when it is time to.</summary>
    public void ProbeIfDue()
    {
        if (_breaker.TakeProbe())
        {
            _ = ProbeAsync();
        }
    }

    /// <summary>A result; null where there is none or none that is intact.</summary>
    public async Task<byte[]?> FindAsync(ContentAddress address, CallBudget budget, CancellationToken cancellationToken)
    {
        var (answered, bytes) = await TryAsync(
            token => store.GetAsync(ManifestKey(address), token), budget, cancellationToken).ConfigureAwait(false);
        if (!answered || bytes is null)
        {
            return null;
        }

        if (ValueManifest.TryRead(bytes, address, options.LargestResultBytes) is not { } manifest)
        {
            Log.Damaged(logger, address);
            return null;
        }

        // Many megabytes may take longer than the budget on a healthy store, so lateness here does not count against it.
        var (complete, value) = await TryAsync(
            token => ReadAsync(manifest, token), budget, cancellationToken, counts: false).ConfigureAwait(false);
        if (complete && value is null)
        {
            Log.Damaged(logger, address);
        }

        return value;
    }

    /// <summary>Asks to be the one that computes a result.</summary>
    public async Task<(bool Answered, Claim? Claim)> ClaimAsync(
        ContentAddress address, CallBudget budget, CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        var key = ClaimKey(address);
        var (answered, ours) = await TryAsync(
            _ => store.TryLockAsync(key, token, options.ClaimTime), budget, cancellationToken).ConfigureAwait(false);
        return (answered, answered && ours ? new Claim(this, key, token) : null);
    }

    /// <summary>Keeps a result; not on any request's path.</summary>
    public async Task StoreAsync(ContentAddress address, byte[] value)
    {
        await _stores.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!InUse)
            {
                return;
            }

            var (manifest, chunks) = ValueCodec.Encode(address, Guid.NewGuid(), value);
            for (var i = 0; i < chunks.Count; i++)
            {
                var (key, chunk) = (ChunkKey(manifest, i), chunks[i]);
                if (!await WriteAsync(key, chunk).ConfigureAwait(false))
                {
                    return;
                }
            }

            await WriteAsync(ManifestKey(address), manifest.ToBytes()).ConfigureAwait(false);
        }
        finally
        {
            _stores.Release();
        }
    }

    public void Dispose() => _stores.Dispose();

    private async Task<bool> WriteAsync(string key, byte[] value)
    {
        var budget = new CallBudget(_storeLimit, time);
        var (answered, _) = await TryAsync(
            async token =>
            {
                await store.SetAsync(key, value, options.TimeToLive, token).ConfigureAwait(false);
                return true;
            },
            budget,
            CancellationToken.None).ConfigureAwait(false);
        return answered;
    }

    private async Task<byte[]?> ReadAsync(ValueManifest manifest, CancellationToken cancellationToken)
    {
        var value = new byte[manifest.PlainLength];
        var reads = manifest.Chunks.Select((_, i) => store.GetAsync(ChunkKey(manifest, i), cancellationToken)).ToList();
        var offset = 0;
        for (var i = 0; i < reads.Count; i++)
        {
            var stored = await reads[i].ConfigureAwait(false);
            var chunk = manifest.Chunks[i];
            if (stored is null || !ValueCodec.TryDecode(chunk, stored, value.AsSpan(offset, chunk.PlainLength)))
            {
                return null;
            }

            offset += chunk.PlainLength;
        }

        return value;
    }

    /// <summary>Runs an operation within the budget; (false, default) when it failed, was late, or was not tried at all.</summary>
    private async Task<(bool Answered, T? Value)> TryAsync<T>(
        Func<CancellationToken, Task<T>> operation, CallBudget budget, CancellationToken cancellationToken, bool counts = true)
    {
        if (!InUse)
        {
            ProbeIfDue();
            return (false, default);
        }

        if (budget.Left <= TimeSpan.Zero)
        {
            return (false, default);
        }

        var began = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Not on this thread: a client that blocks instead of waiting would hold the request beyond its budget.
        var running = Task.Run(() => operation(limit.Token), CancellationToken.None);
        try
        {
            var value = await running.WaitAsync(budget.Left, time, cancellationToken).ConfigureAwait(false);
            _breaker.Succeeded();
            budget.SpendSince(began);
            return (true, value);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Forget(running);
            throw;
        }
        catch (Exception exception)
        {
            // Whatever it was: the cache is no reason for a request to fail.
            Forget(running);
            await limit.CancelAsync().ConfigureAwait(false);
            budget.Close();
            if (counts && _breaker.Failed())
            {
                Log.LeftAlone(logger, options.OpenTime.TotalSeconds, exception.GetType().Name);
            }

            return (false, default);
        }
    }

    private async Task ProbeAsync()
    {
        var running = Task.Run(store.PingAsync);
        try
        {
            await running.WaitAsync(_probeLimit, time).ConfigureAwait(false);
            _breaker.Succeeded();
            Log.Back(logger);
        }
        catch (Exception)
        {
            // Still ill: the breaker has already set the time of the next probe.
            Forget(running);
        }
    }

    /// <summary>Nobody waits for it any more; how it fails is of no interest.</summary>
    private static void Forget(Task task) =>
        task.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private static string ManifestKey(ContentAddress address) => $"result:{address}";

    private static string ClaimKey(ContentAddress address) => $"claim:{address}";

    private static string ChunkKey(ValueManifest manifest, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"chunk:{manifest.Address}:{manifest.Generation:N}:{index}");

    /// <summary>
    /// The right to compute a result, held until disposed. While held it is renewed; if this process dies or hangs, it lapses
    /// and another replica may take over.
    /// </summary>
    internal sealed class Claim : IAsyncDisposable
    {
        private readonly SharedLevel _level;
        private readonly string _key;
        private readonly string _token;
        private readonly CancellationTokenSource _released = new();
        private readonly Task _renewing;

        internal Claim(SharedLevel level, string key, string token)
        {
            (_level, _key, _token) = (level, key, token);
            _renewing = RenewAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _released.CancelAsync().ConfigureAwait(false);
            await _renewing.ConfigureAwait(false);
            _released.Dispose();
            await _level.TryAsync(
                async _ =>
                {
                    await _level.Store.ReleaseAsync(_key, _token).ConfigureAwait(false);
                    return true;
                },
                new CallBudget(_storeLimit, _level.Time),
                CancellationToken.None).ConfigureAwait(false);
        }

        private async Task RenewAsync()
        {
            using var timer = new PeriodicTimer(_level.ClaimTime / 3, _level.Time);
            try
            {
                var held = true;
                while (held && await timer.WaitForNextTickAsync(_released.Token).ConfigureAwait(false))
                {
                    // Lost or out of reach: the work goes on, for its callers; at worst another replica does the same work.
                    var (answered, extended) = await _level.TryAsync(
                        _ => _level.Store.ExtendAsync(_key, _token, _level.ClaimTime),
                        _level.NewBudget(),
                        _released.Token).ConfigureAwait(false);
                    held = !answered || extended;
                }
            }
            catch (OperationCanceledException)
            {
                // Released.
            }
        }
    }

    private IRemoteStore Store => store;

    private TimeSpan ClaimTime => options.ClaimTime;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis does not answer ({Reason}); results are kept in the process alone, Redis is tried again every {Seconds} s")]
        public static partial void LeftAlone(ILogger logger, double seconds, string reason);

        [LoggerMessage(2, LogLevel.Information, "Redis answers again")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The result {Address} in Redis is damaged; it is computed again")]
        public static partial void Damaged(ILogger logger, ContentAddress address);
    }
}
