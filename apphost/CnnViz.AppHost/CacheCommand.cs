using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CnnViz.AppHost;

/// <summary>The command "clear-cache" of Redis: forgets computed results and leaves runs alone.</summary>
internal static class CacheCommand
{
    /// <summary>What the services keep results under (CnnViz.Cache); runs have other names.</summary>
    private static readonly string[] _results = ["cnnviz:result:*", "cnnviz:chunk:*"];

    /// <summary>Adds the command.</summary>
    public static IResourceBuilder<RedisResource> WithClearCacheCommand(this IResourceBuilder<RedisResource> redis)
        => redis.WithCommand(
            "clear-cache",
            "Clear cache",
            context => ClearAsync(redis.Resource, context),
            new CommandOptions
            {
                Description = "Forgets the results that all replicas share; each keeps those in its own memory, runs stay",
                ConfirmationMessage = "Forget all shared results?",
                IconName = "Delete",
                UpdateState = state => state.ResourceSnapshot.HealthStatus == HealthStatus.Healthy
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });

    private static async Task<ExecuteCommandResult> ClearAsync(RedisResource redis, ExecuteCommandContext context)
    {
        if (await redis.GetConnectionStringAsync(context.CancellationToken) is not { } connection)
            return CommandResults.Failure("There is no Redis.");
        try
        {
            await using var client = await ConnectionMultiplexer.ConnectAsync(connection);
            var (database, forgotten) = (client.GetDatabase(), 0);
            foreach (var pattern in _results)
            {
                var keys = client.GetServers()[0].KeysAsync(pattern: pattern);
                await foreach (var key in keys.WithCancellation(context.CancellationToken))
                    forgotten += await database.KeyDeleteAsync(key) ? 1 : 0;
            }

            context.Logger.LogInformation("{Count} keys of results were deleted", forgotten);
            return CommandResults.Success();
        }
        catch (RedisException e)
        {
            return CommandResults.Failure(e);
        }
    }
}
