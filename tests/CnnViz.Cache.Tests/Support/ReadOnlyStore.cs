using CnnViz.Cache.Shared;

namespace CnnViz.Cache.Tests.Support;

/// <summary>A store that takes nothing.</summary>
internal sealed class ReadOnlyStore(IRemoteStore store) : IRemoteStore
{
    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public Task SetAsync(string key, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> TryLockAsync(string key, string token, TimeSpan expiry) => Task.FromResult(true);

    public Task<bool> ExtendAsync(string key, string token, TimeSpan expiry) => Task.FromResult(true);

    public Task ReleaseAsync(string key, string token) => Task.CompletedTask;

    public Task PingAsync() => store.PingAsync();
}
