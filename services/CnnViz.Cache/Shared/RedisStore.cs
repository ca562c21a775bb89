using CnnViz.Cache.Telemetry;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace CnnViz.Cache.Shared;

/// <summary>Values in Redis through the distributed cache, locks through its client; both over one connection.</summary>
internal sealed class RedisStore(IDistributedCache values, RedisConnection connection) : IRemoteStore
{
    private const string Prefix = RedisConnection.Prefix;

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => TracedAsync("GET", async () =>
    {
        try
        {
            return await values.GetAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            // Not ours, so not there. Redis is well.
            return null;
        }
    });

    public Task SetAsync(string key, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        TracedAsync("SET", async () =>
        {
            var expiry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = timeToLive };
            await values.SetAsync(key, value, expiry, cancellationToken).ConfigureAwait(false);
            return true;
        });

    public Task<bool> TryLockAsync(string key, string token, TimeSpan expiry) => TracedAsync("LOCK", async () =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockTakeAsync(Prefix + key, token, expiry).ConfigureAwait(false));

    // Not traced: it comes every few seconds while something is computed, and tells nothing.
    public async Task<bool> ExtendAsync(string key, string token, TimeSpan expiry) =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockExtendAsync(Prefix + key, token, expiry).ConfigureAwait(false);

    public Task ReleaseAsync(string key, string token) => TracedAsync("UNLOCK", async () =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockReleaseAsync(Prefix + key, token).ConfigureAwait(false));

    public async Task PingAsync() => await (await DatabaseAsync().ConfigureAwait(false)).PingAsync().ConfigureAwait(false);

    private static async Task<T> TracedAsync<T>(string command, Func<Task<T>> call)
    {
        using var span = CacheSpans.StartRedis(command);
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            CacheSpans.Failed(span, exception);
            throw;
        }
    }

    private async Task<IDatabase> DatabaseAsync() => (await connection.GetAsync().ConfigureAwait(false)).GetDatabase();
}
