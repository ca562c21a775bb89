namespace CnnViz.Cache.Shared;

/// <summary>
/// Small values that all replicas see. Every call may fail or hang; <see cref="SharedLevel"/> bounds what that costs.
/// </summary>
internal interface IRemoteStore
{
    /// <summary>A value; null if there is none.</summary>
    Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keeps a value for some time.</summary>
    Task SetAsync(string key, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Takes a lock, if nobody holds it.</summary>
    /// <param name="key">The lock.</param>
    /// <param name="token">Whoever holds it.</param>
    /// <param name="expiry">After this time it is free again.</param>
    Task<bool> TryLockAsync(string key, string token, TimeSpan expiry);

    /// <summary>Holds a lock for longer; false when somebody else has it or nobody.</summary>
    Task<bool> ExtendAsync(string key, string token, TimeSpan expiry);

    /// <summary>Frees a lock, if this token holds it.</summary>
    Task ReleaseAsync(string key, string token);

    /// <summary>Asks whether it answers.</summary>
    Task PingAsync();
}
