using System.Collections.Frozen;
using System.Reflection;
using Aspire.Dashboard.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Api;

/// <summary>The pages: one document that shows them all, what it loads, and the login page.</summary>
internal static class Pages
{
    private const string Folder = "wwwroot/";
    private const string LoginPath = "/login";

    private static readonly FrozenDictionary<string, byte[]> _files = Load();

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(LoginPath, Login);
        endpoints.MapPost(LoginPath, LoginFromFormAsync);
        endpoints.MapGet("/css/{name}", (string name) => Asset($"css/{name}", "text/css; charset=utf-8"));
        endpoints.MapGet("/js/{name}", (string name) => Asset($"js/{name}", "text/javascript; charset=utf-8"));
        // Browsers ask for it whatever a page says.
        endpoints.MapGet("/favicon.ico", () => Results.NoContent());
        endpoints.MapGet("/favicon.svg", () => Asset("favicon.svg", "image/svg+xml"));
        string[] pages = ["/", "/graph", "/consolelogs/{**rest}", "/structuredlogs", "/traces/{**rest}", "/metrics"];
        foreach (var page in pages)
            endpoints.MapGet(page, () => Asset("index.html", "text/html; charset=utf-8"));
    }

    /// <summary>Whether a path is open to those who have not signed in.</summary>
    public static bool IsOpen(PathString path)
        => path == LoginPath || path.StartsWithSegments("/favicon.svg") || path.StartsWithSegments("/favicon.ico")
            || path.StartsWithSegments("/css") || path.StartsWithSegments("/js");

    /// <summary>Sends a person to the login page, and back afterwards.</summary>
    public static void Challenge(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api") || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var back = context.Request.Path + context.Request.QueryString;
        context.Response.Redirect(back == "/" ? LoginPath : $"{LoginPath}?returnUrl={Uri.EscapeDataString(back)}");
    }

    private static IResult Login(HttpContext context, BrowserSession session, string? t = null, string? returnUrl = null)
    {
        if (!session.IsRequired || session.IsSignedIn(context))
            return Results.Redirect(Local(returnUrl));
        return t is null ? LoginPage(failed: false, returnUrl) : SignIn(context, session, t, returnUrl);
    }

    private static async Task<IResult> LoginFromFormAsync(HttpContext context, BrowserSession session)
    {
        if (!context.Request.HasFormContentType)
            return Results.BadRequest();
        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        return SignIn(context, session, form["t"].ToString().Trim(), form["returnUrl"]);
    }

    private static IResult SignIn(HttpContext context, BrowserSession session, string token, string? returnUrl)
    {
        if (!session.IsToken(token))
            return LoginPage(failed: true, returnUrl);
        session.SignIn(context);
        // A redirect would not carry the cookie when the link was on a page of another site; a page of our own that goes on does.
        // It also leaves the address with the token behind.
        return Results.Content(
            "<!doctype html><meta charset=\"utf-8\"><title>Dashboard</title><link rel=\"icon\" href=\"/favicon.svg\">"
            + $"<meta http-equiv=\"refresh\" content=\"0;url={Escape(Local(returnUrl))}\">",
            "text/html; charset=utf-8");
    }

    private static IResult LoginPage(bool failed, string? returnUrl)
        => Results.Content(
            System.Text.Encoding.UTF8.GetString(_files["login.html"])
                .Replace("{{failed}}", failed ? "true" : "false", StringComparison.Ordinal)
                .Replace("{{returnUrl}}", Escape(Local(returnUrl)), StringComparison.Ordinal),
            "text/html; charset=utf-8",
            statusCode: failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);

    /// <summary>A path of this server and nothing else: "//host" and "/\host" would lead away.</summary>
    private static string Local(string? url)
        => url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl)
            && Uri.IsWellFormedUriString(url, UriKind.Relative)
            ? url
            : "/";

    private static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text);

    private static IResult Asset(string name, string type)
        => _files.TryGetValue(name, out var content) ? Results.Bytes(content, type) : Results.NotFound();

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .ToFrozenDictionary(n => n[Folder.Length..], n =>
            {
                using var stream = assembly.GetManifestResourceStream(n)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return content;
            });
    }
}
