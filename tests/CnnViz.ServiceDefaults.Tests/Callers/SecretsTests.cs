using CnnViz.ServiceDefaults.Tests.Support;
using CnnViz.Tests.Shared;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Tests.Callers;

/// <summary>What callers show is in no log line, at no level, taken or not.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task AnyCall_LoggedAtTrace_NothingSecret()
    {
        const string right = "right-key-4f1c", wrong = "wrong-key-77ab", token = "header-51.payload-52.signature-53", file = "filed-key-93ce";
        using var folder = new TemporaryFolder();
        var keys = Path.Combine(folder.Path, "keys");
        File.WriteAllText(keys, $"other {RunningHost.Sha256(file)} infer");
        await using var host = await RunningHost.StartAsync(
            [.. RunningHost.Key(0, "reader", right, "infer"), $"Callers:KeysFile={keys}"]);
        await host.NameAsync(new Metadata { { "authorization", $"Bearer {right}" } });
        await host.NameAsync(new Metadata { { "x-api-key", file } });
        foreach (var shown in new[] { wrong, token })
        {
            await Assert.ThrowsAsync<RpcException>(() => host.NameAsync(new Metadata { { "authorization", $"Bearer {shown}" } }));
            await Assert.ThrowsAsync<RpcException>(() => host.NameAsync(new Metadata { { "x-api-key", shown } }));
        }

        // Kestrel's own lines are among them: the test would otherwise find nothing because nothing is there.
        var lines = host.Logs.Lines;
        Assert.Contains(lines, line => line.StartsWith("Trace Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("CREDENTIALS_INVALID", StringComparison.Ordinal));
        foreach (var secret in new[] { right, wrong, file, "payload-52", "signature-53" })
        {
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }
}
