using CnnViz.ServiceDefaults.Files;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>
/// Tokens of one issuer. Each key is used with the one algorithm that its set names, whatever a token's header says: a public key
/// can never be taken for a shared secret.
/// </summary>
internal sealed class JwtReader
{
    private const string Prefix = "cnnviz.";
    private const int LongestToken = 16 * 1024;

    private static readonly HashSet<string> _algorithms = ["RS256", "PS256", "ES256", "HS256"];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = LongestToken };
    private readonly ReloadingFile<List<JsonWebKey>> _keys;
    private readonly JwtOptions _options;
    private readonly TokenValidationParameters _parameters;
    private readonly TimeProvider _time;

    /// <exception cref="InvalidOperationException">A setting is missing, or the key set is none.</exception>
    public JwtReader(JwtOptions options, TimeProvider time, ILogger logger)
    {
        if (options.Issuer.Length == 0 || options.Audience.Length == 0)
        {
            throw new InvalidOperationException("Callers:Jwt needs Issuer and Audience beside JwksFile");
        }

        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > TimeSpan.FromMinutes(10))
        {
            throw new InvalidOperationException("Callers:Jwt:ClockSkew must be from 0 to 10 minutes");
        }

        (_options, _time) = (options, time);
        _keys = new([options.JwksFile], () => Read(options.JwksFile), time, logger);
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            ValidAlgorithms = _algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, token, kid, _) => Keys((JsonWebToken)token, kid),
            LifetimeValidator = (notBefore, expires, _, _) => InTime(notBefore, expires),
        };
    }

    /// <summary>Whether a text has the form of a token.</summary>
    public static bool LooksLike(string text) => text.Count(c => c == '.') == 2;

    /// <summary>Whoever the token names.</summary>
    /// <exception cref="CredentialException">It is not taken.</exception>
    public async Task<Caller> ReadAsync(string text)
    {
        var result = await _handler.ValidateTokenAsync(text, _parameters).ConfigureAwait(false);
        if (!result.IsValid)
        {
            throw result.Exception is SecurityTokenInvalidLifetimeException { Expires: not null }
                ? new CredentialException("TOKEN_EXPIRED", "the token has expired or is not valid yet")
                : new CredentialException("CREDENTIALS_INVALID", "the token is not valid here");
        }

        var token = (JsonWebToken)result.SecurityToken;
        return CallerNames.OfSubject(token.Subject) is { } name
            ? new Caller(name, PermissionsOf(token), IsKnown: true)
            : throw new CredentialException("CREDENTIALS_INVALID", "the token's subject is no name");
    }

    private Permissions PermissionsOf(JsonWebToken token) => token.Claims
        .Where(claim => claim.Type == _options.PermissionsClaim)
        .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(value => value.StartsWith(Prefix, StringComparison.Ordinal) ? value[Prefix.Length..] : value)
        .Aggregate(Permissions.None, (all, value) => all | (PermissionNames.Find(value) ?? Permissions.None));

    private List<JsonWebKey> Keys(JsonWebToken token, string? kid) =>
        [.. _keys.Value.Where(key => key.Alg == token.Alg && (string.IsNullOrEmpty(kid) || key.Kid == kid))];

    private bool InTime(DateTime? notBefore, DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires > now - _options.ClockSkew && (notBefore is null || notBefore <= now + _options.ClockSkew);
    }

    private static List<JsonWebKey> Read(string path)
    {
        var keys = new JsonWebKeySet(File.ReadAllText(path)).Keys;
        foreach (var key in keys)
        {
            if (!_algorithms.Contains(key.Alg ?? "") || key.Kty != Type(key.Alg!))
            {
                throw new InvalidOperationException(
                    $"{path}: each key needs an \"alg\" that its type has: RS256 or PS256 (RSA), ES256 (EC) or HS256 (oct)");
            }

            if (key.Kty == "oct" && Base64UrlEncoder.DecodeBytes(key.K).Length < 32)
            {
                throw new InvalidOperationException($"{path}: a key of HS256 has at least 32 bytes");
            }
        }

        return keys.Count > 0 ? [.. keys] : throw new InvalidOperationException($"{path} holds no keys");
    }

    private static string Type(string algorithm) => algorithm switch { "ES256" => "EC", "HS256" => "oct", _ => "RSA" };
}
