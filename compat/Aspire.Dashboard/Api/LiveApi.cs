using System.Text.Json;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Aspire.Dashboard.Api;

/// <summary>Streams of server-sent events: what changes, and what resources print.</summary>
internal static class LiveApi
{
    /// <summary>Changes within this time are told together.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromMilliseconds(150);

    /// <summary>A line goes out at least this often, so that a connection that is gone is noticed.</summary>
    private static readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(15);

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    public static void MapLiveApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/live", ChangesAsync);
        endpoints.MapGet("/api/resources/{id}/console", ConsoleAsync);
    }

    /// <summary>
    /// Events "resources": all of them; "telemetry": what there is of each kind. Each at once and then when it changes.
    /// </summary>
    private static async Task ChangesAsync(
        HttpContext context, IDashboardResources resources, TelemetryStore store, IHostApplicationLifetime lifetime,
        TimeProvider time)
    {
        using var ends = Ends(context, lifetime);
        Begin(context);
        var (resourcesSeen, telemetrySeen) = (-1L, -1L);
        try
        {
            while (true)
            {
                if (resources.Changes.Version is var changed && changed != resourcesSeen)
                {
                    resourcesSeen = changed;
                    await SendAsync(context, "resources", resources.Current, ends.Token).ConfigureAwait(false);
                }

                if (store.Changes.Version is var came && came != telemetrySeen)
                {
                    telemetrySeen = came;
                    await SendAsync(context, "telemetry", Telemetry(store), ends.Token).ConfigureAwait(false);
                }

                await context.Response.WriteAsync(":\n\n", ends.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(ends.Token);
                await Task.WhenAny(
                    resources.Changes.WaitAsync(resourcesSeen), store.Changes.WaitAsync(telemetrySeen),
                    Task.Delay(_heartbeat, time, pause.Token)).ConfigureAwait(false);
                await pause.CancelAsync().ConfigureAwait(false);
                await Task.Delay(_together, time, ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the application ends.
        }
    }

    private static async Task ConsoleAsync(
        HttpContext context, string id, IDashboardResources resources, IHostApplicationLifetime lifetime)
    {
        using var ends = Ends(context, lifetime);
        if (resources.WatchConsole(id, ends.Token) is not { } lines)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Begin(context);
        await context.Response.WriteAsync(":\n\n", ends.Token).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
        try
        {
            await foreach (var batch in lines.WithCancellation(ends.Token).ConfigureAwait(false))
            {
                await SendAsync(
                    context, "lines",
                    batch.Select(
                        l => new { n = l.Number, t = l.Time.ToUnixTimeMilliseconds(), text = l.Text, error = l.IsError }),
                    ends.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
                await Task.Delay(_together, ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the application ends.
        }
    }

    private static object Telemetry(TelemetryStore store)
    {
        var names = new TelemetryNames(store);
        return new
        {
            logs = store.Logs.LastId,
            traces = store.Traces.Version,
            metrics = store.Metrics.Version,
            errors = store.Logs.ErrorCounts(),
            resources = store.Resources.All.Select(r => new { key = r.Key, name = names.Of(r) })
                .OrderBy(r => r.name, StringComparer.Ordinal),
        };
    }

    private static CancellationTokenSource Ends(HttpContext context, IHostApplicationLifetime lifetime)
        => CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private static Task SendAsync(HttpContext context, string name, object data, CancellationToken cancellationToken)
        => context.Response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data, _json)}\n\n", cancellationToken);
}
