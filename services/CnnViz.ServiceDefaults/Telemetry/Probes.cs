using System.Diagnostics;
using CnnViz.ServiceDefaults.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>Requests that come every few seconds and only ask how the host is.</summary>
internal static class Probes
{
    /// <summary>Takes an endpoint out of traces and of the server's metrics.</summary>
    public static TBuilder AsProbe<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(built =>
        {
            var handle = built.RequestDelegate;
            built.RequestDelegate = context =>
            {
                if (Activity.Current is { } asking)
                {
                    LeaveOut(asking);
                }

                return handle?.Invoke(context) ?? Task.CompletedTask;
            };
        });
        return endpoint.DisableHttpMetrics();
    }

    /// <summary>Keeps a span, and what would be below it, from being exported.</summary>
    public static void LeaveOut(Activity span)
    {
        span.IsAllDataRequested = false;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    /// <summary>
    /// The host's metrics as Prometheus reads them, on the HTTP/1.1 port alone: whoever may call over gRPC need not see them.
    /// </summary>
    public static void MapMetrics(this IEndpointRouteBuilder app, string path)
    {
        if (app.ServiceProvider.GetService<MetricCollector>() is { } metrics)
        {
            app.MapGet(path, context =>
            {
                if (HttpProtocol.IsHttp2(context.Request.Protocol))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                context.Response.ContentType = PrometheusWriter.ContentType;
                return context.Response.WriteAsync(metrics.Text(), context.RequestAborted);
            }).AsProbe();
        }
    }
}
