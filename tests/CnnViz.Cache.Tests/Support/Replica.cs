using CnnViz.Cache.Shared;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CnnViz.Cache.Tests.Support;

/// <summary>A cache as one process of several has it.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly RedisConnection? _connection;
    private readonly RedisCache? _values;

    private Replica(CacheOptions options, RedisConnection connection)
    {
        _connection = connection;
        _values = new RedisCache(new RedisCacheOptions
        {
            InstanceName = RedisConnection.Prefix,
            ConnectionMultiplexerFactory = async () => await connection.GetAsync(),
        });
        Store = new RedisStore(_values, connection);
        Cache = Of(options, Store, TimeProvider.System);
    }

    public IRemoteStore Store { get; }

    public ResultCache Cache { get; }

    /// <summary>A replica with a connection made, or tried.</summary>
    public static async Task<Replica> ConnectAsync(string connectionString, CacheOptions? options = null)
    {
        var replica = new Replica(options ?? Patient(), new RedisConnection(connectionString));
        await replica._connection!.GetAsync();
        return replica;
    }

    /// <summary>The defaults, but a budget that a busy machine does not exceed: for tests of what is found, not of how fast.</summary>
    public static CacheOptions Patient() => new() { BudgetMilliseconds = 20_000 };

    public static ResultCache Of(CacheOptions options, IRemoteStore? store, TimeProvider time) => new(
        Options.Create(options), store is null ? null : new SharedLevel(store, options, time, NullLogger<SharedLevel>.Instance));

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        _values?.Dispose();
        await _connection!.DisposeAsync();
    }
}
