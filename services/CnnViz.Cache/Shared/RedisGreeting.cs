using Microsoft.Extensions.Hosting;

namespace CnnViz.Cache.Shared;

/// <summary>Begins to connect when the host starts, and waits for nothing, so that no request pays for it.</summary>
internal sealed class RedisGreeting(RedisConnection connection) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(connection.GetAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
