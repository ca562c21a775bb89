using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CnnViz.ServiceDefaults.Tests.Support;
using CnnViz.Tests.Shared;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Tests.Callers;

/// <summary>Tokens, made here by hand so that nothing of what reads them has made them.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Issuer = "https://issuer.test";

    private readonly TemporaryFolder _folder = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    private string Jwks => Path.Combine(_folder.Path, "jwks.json");

    [Theory]
    [InlineData("RS256", "r")]
    [InlineData("PS256", "p")]
    [InlineData("ES256", "e")]
    [InlineData("HS256", "h")]
    public async Task ModelInfo_AToken_ItsSubjectIsTheCaller(string algorithm, string kid)
    {
        await using var host = await StartAsync();
        Assert.Equal("jwt:alice", await NameAsync(host, Token(algorithm, kid, Claims("infer openid"))));
        Assert.Equal("jwt:alice", await NameAsync(host, Token(algorithm, kid, Claims(new[] { "cnnviz.infer", "cnnviz.render" }))));
    }

    [Fact]
    public async Task ModelInfo_TokenWithoutThePermission_PermissionDenied()
    {
        await using var host = await StartAsync();
        foreach (var scope in new object[] { "render", "inference", "", Array.Empty<string>() })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => NameAsync(host, Token("RS256", "r", Claims(scope))));
            Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        }
    }

    [Fact]
    public async Task ModelInfo_TokenOutOfItsTime_UnauthenticatedSayingSo()
    {
        await using var host = await StartAsync();
        foreach (var (from, to) in new[] { (-7200, -60), (600, 7200) })
        {
            var claims = Claims("infer");
            (claims["nbf"], claims["exp"]) = (At(from), At(to));
            var refusal = await Assert.ThrowsAsync<RpcException>(() => NameAsync(host, Token("ES256", "e", claims)));
            Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
            Assert.Equal("TOKEN_EXPIRED", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        }
    }

    [Fact]
    public async Task ModelInfo_TokenThatIsNotOurs_Unauthenticated()
    {
        await using var host = await StartAsync();
        var good = Token("RS256", "r", Claims("infer"));
        var pieces = good.Split('.');
        var otherClaims = Token("RS256", "r", Claims("infer manage")).Split('.')[1];
        string[] bad =
        [
            Token("RS256", "r", With("iss", "https://other.test")),
            Token("RS256", "r", With("aud", "other")),
            Token("RS256", "r", With("sub", null)),
            Token("RS256", "r", With("sub", "a b")),
            Token("RS256", "r", With("exp", null)),
            Token("RS256", "nobody", Claims("infer")),

            // Another key's algorithm, none at all, and the public key taken for a shared secret.
            Token("RS256", "e", Claims("infer")),
            Token("PS256", "r", Claims("infer")),
            $"{Encode(new { alg = "none", kid = "r" })}.{pieces[1]}.",
            Signed(new { alg = "HS256", kid = "r" }, Claims("infer"), data => HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), data)),
            Signed(
                new { alg = "HS256", kid = "r" }, Claims("infer"),
                data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), data)),
            $"{pieces[0]}.{otherClaims}.{pieces[2]}",
            $"{pieces[0]}.{pieces[1]}.",
            $"{pieces[0]}.{pieces[1]}.{pieces[2][..^4]}",
            "..",
            "a.b.c",
            $"{new string('a', 20_000)}.b.c",
        ];
        foreach (var token in bad)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => NameAsync(host, token));
            Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
            Assert.Equal("CREDENTIALS_INVALID", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        }

        Assert.Equal("jwt:alice", await NameAsync(host, good));
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2hvcnQ","alg":"HS256"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","alg":"RS256"}]}""")]
    public async Task Start_KeySetThatCannotBeUsed_Refused(string set)
    {
        File.WriteAllText(Jwks, set);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunningHost.StartAsync(Settings()));
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
        _folder.Dispose();
    }

    private string[] Settings() =>
        [$"Callers:Jwt:JwksFile={Jwks}", $"Callers:Jwt:Issuer={Issuer}", "Callers:Jwt:Audience=cnnviz"];

    private Task<RunningHost> StartAsync()
    {
        var (rsa, ec) = (_rsa.ExportParameters(false), _ec.ExportParameters(false));
        object Rsa(string kid, string alg) => new { kty = "RSA", kid, alg, n = Url(rsa.Modulus!), e = Url(rsa.Exponent!) };
        File.WriteAllText(Jwks, JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                Rsa("r", "RS256"),
                Rsa("p", "PS256"),
                new { kty = "EC", kid = "e", alg = "ES256", crv = "P-256", x = Url(ec.Q.X!), y = Url(ec.Q.Y!) },
                new { kty = "oct", kid = "h", alg = "HS256", k = Url(_secret) },
            },
        }));
        return RunningHost.StartAsync(Settings());
    }

    private static Task<string> NameAsync(RunningHost host, string token) =>
        host.NameAsync(new Metadata { { "authorization", $"Bearer {token}" } });

    private static long At(int seconds) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    private static Dictionary<string, object?> Claims(object scope) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = "cnnviz",
        ["sub"] = "alice",
        ["nbf"] = At(-60),
        ["exp"] = At(600),
        ["scope"] = scope,
    };

    private static Dictionary<string, object?> With(string claim, object? value)
    {
        var claims = Claims("infer");
        if (value is null)
        {
            claims.Remove(claim);
        }
        else
        {
            claims[claim] = value;
        }

        return claims;
    }

    private string Token(string algorithm, string kid, Dictionary<string, object?> claims) =>
        Signed(new { alg = algorithm, kid, typ = "JWT" }, claims, data => algorithm switch
        {
            "RS256" => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "PS256" => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            "ES256" => _ec.SignData(data, HashAlgorithmName.SHA256),
            _ => HMACSHA256.HashData(_secret, data),
        });

    private static string Signed(object header, object claims, Func<byte[], byte[]> sign)
    {
        var data = $"{Encode(header)}.{Encode(claims)}";
        return $"{data}.{Url(sign(Encoding.ASCII.GetBytes(data)))}";
    }

    private static string Encode(object value) => Url(JsonSerializer.SerializeToUtf8Bytes(value));

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
