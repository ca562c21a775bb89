using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests.Secure;

/// <summary>
/// Two replicas of inference and one of render over TLS with an authority of their own, callers with keys, tokens and certificates,
/// and a Redis with a password. Everything is logged at Trace.
/// </summary>
public sealed class SecureServices : IAsyncLifetime
{
    public const string RedisPassword = "redis-password-8d21";
    public const string PainterKey = "key-of-painter-19ac";
    public const string ReaderKey = "key-of-reader-55e0";
    public const string ServiceKey = "key-of-render-c3f7";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _tokenKey = RandomNumberGenerator.GetBytes(32);
    private TestAuthority _authority = null!;
    private RedisServer? _redis;

    internal List<ServiceProcess> Processes { get; } = [];

    internal ServiceProcess First => Processes[0];

    internal ServiceProcess Second => Processes[1];

    /// <summary>Render that calls inference with what its callers show.</summary>
    internal ServiceProcess Render => Processes[2];

    /// <summary>Render that calls both replicas of inference, with a key of its own.</summary>
    internal ServiceProcess OwnKeyRender => Processes[3];

    public string Ca => _authority.Certificate;

    public (string Certificate, string Key) Watcher { get; private set; }

    /// <summary>What must be in no log.</summary>
    public IEnumerable<string> Secrets =>
        [RedisPassword, PainterKey, ReaderKey, ServiceKey, Url(_tokenKey), .. Token().Split('.').Skip(1)];

    public async Task InitializeAsync()
    {
        _authority = new TestAuthority(_folder.Path);
        var (certificate, key) = _authority.Sign("server");
        Watcher = _authority.Sign("watcher", "spiffe://test/watcher");
        _redis = File.Exists(RedisServer.Program) ? await RedisServer.StartAsync(RedisPassword) : null;
        var jwks = Path.Combine(_folder.Path, "jwks.json");
        await File.WriteAllTextAsync(jwks, JsonSerializer.Serialize(
            new { keys = new[] { new { kty = "oct", kid = "test", alg = "HS256", k = Url(_tokenKey) } } }));
        var keys = Path.Combine(_folder.Path, "keys");
        await File.WriteAllLinesAsync(keys,
        [
            $"painter {Sha256(PainterKey)} infer,render",
            $"reader {Sha256(ReaderKey)} infer",
            $"render {Sha256(ServiceKey)} infer",
        ]);
        var serviceKey = Path.Combine(_folder.Path, "service-key");
        await File.WriteAllTextAsync(serviceKey, ServiceKey + "\n");
        Dictionary<string, string> shared = new()
        {
            ["CNNVIZ_MODELS"] = RepositoryPaths.Models,
            ["CNNVIZ_GRPC_PORT"] = "0",
            ["CNNVIZ_HTTP_PORT"] = "0",
            ["Logging__LogLevel__Default"] = "Trace",
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace",
            ["Logging__LogLevel__Microsoft.Extensions.Diagnostics.HealthChecks"] = "Trace",
            ["Logging__LogLevel__Grpc"] = "Trace",
            ["Logging__LogLevel__System.Net.Http.HttpClient"] = "Trace",
            ["Tls__Certificate"] = certificate,
            ["Tls__Key"] = key,
            ["Tls__ClientCa"] = _authority.Certificate,
            ["Callers__KeysFile"] = keys,
            ["Callers__Jwt__JwksFile"] = jwks,
            ["Callers__Jwt__Issuer"] = "https://issuer.test",
            ["Callers__Jwt__Audience"] = "cnnviz",
            ["Callers__Certificates__0__AlternativeName"] = "spiffe://test/watcher",
            ["Callers__Certificates__0__Name"] = "watcher",
            ["Callers__Certificates__0__Permissions__0"] = "infer",
            ["Drain__Pause"] = "00:00:01",
            ["Drain__Grace"] = "00:00:15",
        };
        if (_redis is not null)
        {
            shared["ConnectionStrings__redis"] = _redis.ConnectionString;
        }

        Processes.AddRange(await Task.WhenAll(
            ServiceProcess.StartAsync("CnnViz.Inference", shared), ServiceProcess.StartAsync("CnnViz.Inference", shared)));

        // One render service asks both replicas of inference, of which the first is to be stopped, the other the second alone.
        Dictionary<string, string> render = new(shared)
        {
            ["services__inference__grpc__0"] = Second.Grpc.AbsoluteUri,
            ["Upstream__Ca"] = _authority.Certificate,
        };
        Dictionary<string, string> ownKey = new(render)
        {
            ["services__inference__grpc__0"] = First.Grpc.AbsoluteUri,
            ["services__inference__grpc__1"] = Second.Grpc.AbsoluteUri,
            ["Upstream__ApiKeyFile"] = serviceKey,
        };
        Processes.AddRange(await Task.WhenAll(
            ServiceProcess.StartAsync("CnnViz.Render", render), ServiceProcess.StartAsync("CnnViz.Render", ownKey)));
    }

    /// <summary>A token that may infer and render.</summary>
    public string Token()
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new
        {
            iss = "https://issuer.test",
            aud = "cnnviz",
            sub = "alice",
            scope = "infer render",
            exp = new DateTimeOffset(now.Date, TimeSpan.Zero).AddDays(2).ToUnixTimeSeconds(),
        };
        var data = $"{Encode(new { alg = "HS256", kid = "test" })}.{Encode(claims)}";
        return $"{data}.{Url(HMACSHA256.HashData(_tokenKey, Encoding.ASCII.GetBytes(data)))}";
    }

    public async Task DisposeAsync()
    {
        foreach (var process in Processes)
        {
            await process.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _authority.Dispose();
        _folder.Dispose();
    }

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Encode(object value) => Url(JsonSerializer.SerializeToUtf8Bytes(value));

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
