using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace CnnViz.Cache.Shared;

/// <summary>Values in Redis through the distributed cache, locks through its client; both over one connection.</summary>
internal sealed class RedisStore(IDistributedCache values, RedisConnection connection) : IRemoteStore
{
    private const string Prefix = RedisConnection.Prefix;

    public async Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
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
    }

    public Task SetAsync(string key, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        values.SetAsync(
            key, value, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = timeToLive }, cancellationToken);

    public async Task<bool> TryLockAsync(string key, string token, TimeSpan expiry) =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockTakeAsync(Prefix + key, token, expiry).ConfigureAwait(false);

    public async Task<bool> ExtendAsync(string key, string token, TimeSpan expiry) =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockExtendAsync(Prefix + key, token, expiry).ConfigureAwait(false);

    public async Task ReleaseAsync(string key, string token) =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockReleaseAsync(Prefix + key, token).ConfigureAwait(false);

    public async Task PingAsync() => await (await DatabaseAsync().ConfigureAwait(false)).PingAsync().ConfigureAwait(false);

    private async Task<IDatabase> DatabaseAsync() => (await connection.GetAsync().ConfigureAwait(false)).GetDatabase();
}
