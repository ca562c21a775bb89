using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Finds out who makes a call, from what it shows: a key, a token, a client certificate.</summary>
internal sealed class CallerReader
{
    private const string Bearer = "Bearer ";
    private const string KeyHeader = "x-api-key";

    private readonly ApiKeys _keys;
    private readonly JwtReader? _tokens;
    private readonly ClientCertificates _certificates;
    private readonly Permissions _anonymous;

    /// <exception cref="InvalidOperationException">A setting is malformed.</exception>
    public CallerReader(IOptions<CallerOptions> options, TimeProvider time, ILogger<CallerReader> logger)
    {
        Options = options.Value;
        _keys = new ApiKeys(Options, time, logger);
        _tokens = Options.Jwt.JwksFile.Length == 0 ? null : new JwtReader(Options.Jwt, time, logger);
        _certificates = new ClientCertificates(Options);
        _anonymous = !Options.Enabled ? Permissions.All
            : Options.Anonymous.Count == 0 ? Permissions.None
            : PermissionNames.Parse(Options.Anonymous, "Callers:Anonymous");
    }

    /// <summary>The settings.</summary>
    public CallerOptions Options { get; }

    /// <summary>Whoever makes a call.</summary>
    /// <exception cref="CredentialException">What it shows is not taken.</exception>
    public async ValueTask<Caller> ReadAsync(HttpContext http)
    {
        if (!Options.Enabled)
        {
            return Unknown(http);
        }

        var shown = Shown(http.Request);
        if (shown is not null)
        {
            return _tokens is not null && JwtReader.LooksLike(shown)
                ? await _tokens.ReadAsync(shown).ConfigureAwait(false)
                : _keys.Find(shown) ?? throw new CredentialException("CREDENTIALS_INVALID", "the key is not valid here");
        }

        return http.Connection.ClientCertificate is { } certificate && _certificates.Find(certificate) is { } caller
            ? caller
            : Unknown(http);
    }

    private Caller Unknown(HttpContext http) =>
        new(Address(http.Connection.RemoteIpAddress), _anonymous, IsKnown: false);

    private static string Address(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString() ?? "unknown";

    /// <summary>The key or token of a call; null where it shows none.</summary>
    private static string? Shown(HttpRequest request)
    {
        var (authorization, key) = (request.Headers.Authorization, request.Headers[KeyHeader]);
        if (authorization.Count + key.Count > 1)
        {
            throw new CredentialException("CREDENTIALS_AMBIGUOUS", "show one key or one token, not several");
        }

        if (authorization.Count == 0)
        {
            return key.Count == 0 ? null : key[0];
        }

        var text = authorization[0] ?? "";
        return text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : throw new CredentialException("CREDENTIALS_INVALID", "authorization must have the form: Bearer KEY");
    }
}
