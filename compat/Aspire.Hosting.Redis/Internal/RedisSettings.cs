using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Redis.Internal;

/// <summary>
/// The server's configuration file, which it reads from standard input ("redis-server -"): so the password is on no command line
/// and in no file.
/// </summary>
internal sealed class RedisSettings(RedisResource redis)
{
    /// <summary>Inside a container all addresses are the container's own; only the loopback port is published.</summary>
    public ValueTask<string> ForContainerAsync(CancellationToken cancellationToken)
        => TextAsync("0.0.0.0", redis.PrimaryEndpoint.TargetPort!.Value, cancellationToken);

    public ValueTask<string> ForLocalServerAsync(CancellationToken cancellationToken)
        => TextAsync("127.0.0.1", redis.PrimaryEndpoint.Port, cancellationToken);

    private async ValueTask<string> TextAsync(string address, int port, CancellationToken cancellationToken)
    {
        List<string> lines =
        [
            $"bind {address}",
            string.Create(CultureInfo.InvariantCulture, $"port {port}"),
            // A cache: nothing to write, nowhere to write it.
            "save \"\"",
            "appendonly no",
            "daemonize no",
            "loglevel warning",
        ];
        if (redis.PasswordParameter is { } parameter)
        {
            var password = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty;
            // It also goes into a connection string and a URL, where other characters would need quoting, each in its own way.
            if (password.Length == 0 || !password.All(char.IsAsciiLetterOrDigit))
                throw new DistributedApplicationException(
                    $"The password of Redis resource '{redis.Name}' must be letters and digits only, at least one.");
            lines.Add($"requirepass {password}");
        }
        else
        {
            lines.Add("protected-mode no");
        }

        return string.Join('\n', lines);
    }
}
