using CnnViz.Cache.Shared;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>What Redis tells whoever listens; nothing is kept, and messages may be lost.</summary>
internal static class RedisNews
{
    /// <summary>Calls back for each message of a channel, until disposed.</summary>
    public static async Task<IAsyncDisposable> ListenAsync(RedisConnection connection, RedisChannel channel, Action heard)
    {
        var subscriber = (await connection.GetAsync().ConfigureAwait(false)).GetSubscriber();
        Action<RedisChannel, RedisValue> handler = (_, _) => heard();
        await subscriber.SubscribeAsync(channel, handler).ConfigureAwait(false);
        return new Subscription(() => subscriber.UnsubscribeAsync(channel, handler, CommandFlags.FireAndForget));
    }

    private sealed class Subscription(Func<Task> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(end());
    }
}
