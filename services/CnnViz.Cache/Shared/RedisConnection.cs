using StackExchange.Redis;

namespace CnnViz.Cache.Shared;

/// <summary>
/// The one connection to Redis, made when first asked for and kept; the client connects again by itself whenever it is lost. What
/// is asked while there is no connection fails at once instead of waiting for one.
/// </summary>
public sealed class RedisConnection : IAsyncDisposable
{
    /// <summary>What all keys begin with.</summary>
    public const string Prefix = "cnnviz:";

    private const int ConnectMilliseconds = 1000;
    private const int AnswerMilliseconds = 2000;
    private const int KeepAliveSeconds = 5;

    private readonly Lazy<Task<ConnectionMultiplexer>> _connection;

    /// <param name="connectionString">As StackExchange.Redis reads it: "host:port,password=...".</param>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public RedisConnection(string connectionString)
    {
        ConfigurationOptions settings;
        try
        {
            settings = ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException)
        {
            // The text may hold a password, so neither it nor the parser's words about it are repeated.
            throw new InvalidOperationException("ConnectionStrings__redis is no connection string of Redis");
        }

        settings.AbortOnConnectFail = false;
        settings.ConnectTimeout = ConnectMilliseconds;
        settings.AsyncTimeout = AnswerMilliseconds;
        settings.KeepAlive = KeepAliveSeconds;
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ClientName = "cnnviz";
        _connection = new(() => ConnectionMultiplexer.ConnectAsync(settings));
    }

    /// <summary>The connection, which may be without a server for a while.</summary>
    public Task<ConnectionMultiplexer> GetAsync() => _connection.Value;

    /// <summary>Whether there was to be a connection by now, and there is none.</summary>
    internal bool IsLost => _connection is { IsValueCreated: true, Value: { IsCompleted: true } tried }
        && !(tried.IsCompletedSuccessfully && tried.Result.IsConnected);

    /// <summary>Closes the connection, if there ever was one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_connection.IsValueCreated)
        {
            return;
        }

        try
        {
            await (await _connection.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // There was never a connection to close.
        }
    }
}
