using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Redis.Internal;

/// <summary>
/// Healthy when the server takes the password and answers PING. Commands in Redis's inline form, one line each.
/// </summary>
internal sealed class RedisPingHealthCheck(RedisResource redis) : IHealthCheck
{
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_answerLimit);
        try
        {
            var answer = await PingAsync(limit.Token).ConfigureAwait(false);
            return answer == "+PONG"
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"Redis answered '{answer}' to PING.");
        }
        catch (Exception e) when (e is SocketException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy("Redis does not answer.", e);
        }
    }

    private async Task<string?> PingAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(redis.PrimaryEndpoint.Host, redis.PrimaryEndpoint.Port, cancellationToken)
            .ConfigureAwait(false);
        var stream = client.GetStream();
        await using (stream.ConfigureAwait(false))
        {
            using var reader = new StreamReader(stream, Encoding.ASCII);
            if (redis.PasswordParameter is { } parameter)
            {
                var password = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
                if (await AskAsync(stream, reader, $"AUTH {password}", cancellationToken).ConfigureAwait(false) is var answer and not "+OK")
                    return answer;
            }

            return await AskAsync(stream, reader, "PING", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<string?> AskAsync(
        NetworkStream stream, StreamReader reader, string command, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken).ConfigureAwait(false);
        return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
    }
}
