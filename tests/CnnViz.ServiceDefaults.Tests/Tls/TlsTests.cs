using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CnnViz.ServiceDefaults.Tests.Support;
using CnnViz.Tests.Shared;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Tests.Tls;

/// <summary>Encryption and client certificates, with an authority made for each test.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority;

    public TlsTests() => _authority = new TestAuthority(_folder.Path);

    [Fact]
    public async Task ModelInfo_OverTls_ForThoseWhoTrustTheAuthority()
    {
        await using var host = await RunningHost.StartAsync(Server("server"));
        Assert.Equal("https", host.Grpc.Scheme);
        Assert.Equal("127.0.0.1", await host.NameAsync([], Client()));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.NameAsync([]));
        Assert.Equal(StatusCode.Internal, refusal.StatusCode);

        // Probes' port stays as it was.
        Assert.Equal("http", host.Http.Scheme);
        using var probe = new HttpClient();
        Assert.StartsWith("Healthy", await probe.GetStringAsync(new Uri(host.Http, "/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_HttpPortToo_OverTls()
    {
        await using var host = await RunningHost.StartAsync([.. Server("server"), "Tls:Http=true"]);
        Assert.Equal("https", host.Http.Scheme);
        using var probe = new HttpClient(Client());
        Assert.StartsWith("Healthy", await probe.GetStringAsync(new Uri(host.Http, "/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelInfo_ClientCertificates_StandForTheirCallers()
    {
        await using var host = await RunningHost.StartAsync(
        [
            .. Server("server"),
            $"Tls:ClientCa={_authority.Certificate}",
            .. RunningHost.Key(0, "reader", "key-of-reader", "infer"),
            "Callers:Certificates:0:AlternativeName=spiffe://test/painter",
            "Callers:Certificates:0:Name=painter",
            "Callers:Certificates:0:Permissions:0=infer,render",
            "Callers:Certificates:1:CommonName=artist",
            "Callers:Certificates:1:Name=artist",
            "Callers:Certificates:1:Permissions:0=render",
        ]);
        Assert.Equal("painter", await host.NameAsync([], Client(_authority.Sign("a", "spiffe://test/painter"))));

        // A certificate of the right authority that stands for nobody is as none; a key counts more than a certificate.
        var unknown = _authority.Sign("b", "spiffe://test/other");
        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(host, Client(unknown)));
        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(host, Client()));
        Assert.Equal("reader", await host.NameAsync(new Metadata { { "x-api-key", "key-of-reader" } }, Client(unknown)));
        Assert.Equal(StatusCode.PermissionDenied, await CodeAsync(host, Client(_authority.Sign("artist"))));
    }

    [Fact]
    public async Task ModelInfo_ClientCertificateThatIsNotGenuine_NoConnection()
    {
        using var other = new TestAuthority(_folder.Path, "other-ca");
        await using var host = await RunningHost.StartAsync(
        [
            .. Server("server"),
            $"Tls:ClientCa={_authority.Certificate}",
            "Tls:RequireClientCertificate=true",
            "Callers:Certificates:0:CommonName=painter",
            "Callers:Certificates:0:Name=painter",
            "Callers:Certificates:0:Permissions:0=infer",
        ]);
        Assert.Equal("painter", await host.NameAsync([], Client(_authority.Sign("painter"))));
        foreach (var handler in new[]
        {
            Client(),
            Client(other.Sign("painter")),
            Client(_authority.Sign("painter", expired: true)),
        })
        {
            Assert.Contains(await CodeAsync(host, handler), new[] { StatusCode.Unavailable, StatusCode.Internal });
        }
    }

    [Fact]
    public async Task Certificate_Renewed_NewConnectionsSeeIt()
    {
        var (certificate, key) = _authority.Sign("first");
        var (live, liveKey) = (Path.Combine(_folder.Path, "live.pem"), Path.Combine(_folder.Path, "live.key"));
        Put(certificate, key);
        await using var host = await RunningHost.StartAsync($"Tls:Certificate={live}", $"Tls:Key={liveKey}");
        Assert.Equal("first", await SubjectAsync(host));

        var (next, nextKey) = _authority.Sign("second");
        Put(next, nextKey);
        using var limit = new CancellationTokenSource(RunningHost.Patience);
        while (await SubjectAsync(host) != "second")
        {
            await Task.Delay(50, limit.Token);
        }

        File.WriteAllText(live, "nonsense");
        while (!host.Logs.Lines.Any(line => line.Contains("what was read before stays", StringComparison.Ordinal)))
        {
            Assert.Equal("second", await SubjectAsync(host));
            await Task.Delay(50, limit.Token);
        }

        void Put(string from, string fromKey)
        {
            File.Copy(fromKey, liveKey, overwrite: true);
            File.Copy(from, live, overwrite: true);
        }
    }

    [Theory]
    [InlineData("Tls:Key=")]
    [InlineData("Tls:Certificate=")]
    [InlineData("Tls:RequireClientCertificate=true")]
    [InlineData("Tls:Key=/nowhere.key")]
    public async Task Start_HalfASetting_Refused(string setting)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => RunningHost.StartAsync([.. Server("server"), setting]));
        Assert.Contains("Tls:", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "without TLS and without callers' keys")]
    [InlineData(false, true, "in clear text")]
    [InlineData(true, false, "without callers' keys")]
    [InlineData(true, true, null)]
    public async Task Start_OnAPublicAddress_WarnsOfWhatIsOpen(bool tls, bool keys, string? warning)
    {
        await using var host = await RunningHost.StartAsync(
        [
            "CNNVIZ_BIND=0.0.0.0",
            .. tls ? Server("server") : [],
            .. keys ? RunningHost.Key(0, "a", "k", "infer") : [],
        ]);
        var warnings = host.Logs.Lines.Where(line => line.StartsWith("Warning CnnViz.Endpoints", StringComparison.Ordinal)).ToList();
        Assert.Equal(warning is null ? 0 : 1, warnings.Count);
        Assert.All(warnings, line => Assert.Contains(warning!, line, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private string[] Server(string name)
    {
        var (certificate, key) = _authority.Sign(name);
        return [$"Tls:Certificate={certificate}", $"Tls:Key={key}"];
    }

    private SocketsHttpHandler Client((string Certificate, string Key)? own = null)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(_authority.Certificate);
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
        if (own is { } files)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), null, offline: true);
        }

        return handler;
    }

    private static async Task<StatusCode> CodeAsync(RunningHost host, SocketsHttpHandler handler)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.NameAsync([], handler));
        if (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            Assert.Equal("CREDENTIALS_MISSING", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        }

        return refusal.StatusCode;
    }

    private async Task<string> SubjectAsync(RunningHost host)
    {
        var subject = "";
        var handler = Client();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            subject = ((X509Certificate2)certificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            return errors == SslPolicyErrors.None;
        };
        await host.NameAsync([], handler);
        return subject;
    }
}
