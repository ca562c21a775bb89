using System.Globalization;
using Aspire.Dashboard.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Api;

/// <summary>Resources: what there is to reveal, to do and to download.</summary>
internal static class ResourcesApi
{
    /// <summary>
    /// A page of another origin cannot send this header unless this server allows it, and it does not: so what changes
    /// something is asked for by our own pages only.
    /// </summary>
    public const string OwnHeader = "x-aspire-dashboard";

    public static void MapResourcesApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(
            "/api/application", (IDashboardResources resources) => Results.Json(new { name = resources.ApplicationName }));
        endpoints.MapPost("/api/resources/{id}/reveal", Reveal);
        endpoints.MapPost("/api/resources/{id}/commands/{command}", ExecuteAsync);
        endpoints.MapGet("/api/resources/{id}/console.txt", Download);
    }

    private static IResult Reveal(IDashboardResources resources, string id, string name)
        => resources.Reveal(id, name) is { } value ? Results.Json(new { value }) : Results.NotFound();

    private static async Task<IResult> ExecuteAsync(
        IDashboardResources resources, string id, string command, CancellationToken cancellationToken)
    {
        var error = await resources.ExecuteAsync(id, command, cancellationToken).ConfigureAwait(false);
        return Results.Json(new { success = error is null, error });
    }

    private static IResult Download(IDashboardResources resources, string id)
    {
        if (resources.Console(id) is not { } lines)
            return Results.NotFound();
        var text =
            string.Join('\n', lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Time.UtcDateTime:O} {l.Text}")));
        return Results.File(System.Text.Encoding.UTF8.GetBytes(text + "\n"), "text/plain; charset=utf-8", $"{id}.txt");
    }
}
