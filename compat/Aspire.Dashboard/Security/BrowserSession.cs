using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Security;

/// <summary>
/// A person's way in: the token once, then a cookie. The cookie says until when it is good and is signed with a key that lives as
/// long as this process: nothing is stored, and the token is not in the cookie.
/// </summary>
internal sealed class BrowserSession(string? token, TimeProvider time)
{
    private const int MacBytes = 32;

    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(3);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(MacBytes);

    /// <summary>Whether a token is asked for at all.</summary>
    public bool IsRequired => token is not null;

    /// <summary>Whether a token is the right one.</summary>
    public bool IsToken(string given) => token is not null && Secrets.AreEqual(given, token);

    /// <summary>Whether the request may see anything.</summary>
    public bool IsSignedIn(HttpContext context)
        => !IsRequired || (context.Request.Cookies[CookieName(context)] is { } cookie && IsGood(cookie));

    /// <summary>Sets the cookie.</summary>
    public void SignIn(HttpContext context)
    {
        Span<byte> cookie = stackalloc byte[sizeof(long) + MacBytes];
        BinaryPrimitives.WriteInt64LittleEndian(cookie, (time.GetUtcNow() + _lifetime).UtcTicks);
        HMACSHA256.HashData(_key, cookie[..sizeof(long)], cookie[sizeof(long)..]);
        context.Response.Cookies.Append(CookieName(context), Base64Url.EncodeToString(cookie), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            MaxAge = _lifetime,
            Path = "/",
        });
    }

    /// <summary>Cookies are shared by all ports of a host: each dashboard needs its own.</summary>
    private static string CookieName(HttpContext context) => $"aspire-dashboard-{context.Connection.LocalPort}";

    private bool IsGood(string cookie)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + MacBytes];
        if (cookie.Length > 2 * bytes.Length || !Base64Url.TryDecodeFromChars(cookie, bytes, out var written)
            || written != bytes.Length)
            return false;
        Span<byte> mac = stackalloc byte[MacBytes];
        HMACSHA256.HashData(_key, bytes[..sizeof(long)], mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[sizeof(long)..])
            && BinaryPrimitives.ReadInt64LittleEndian(bytes) > time.GetUtcNow().UtcTicks;
    }
}
