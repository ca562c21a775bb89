using System.Reflection;
using CnnViz.ServiceDefaults.Telemetry;
using CnnViz.ServiceDefaults.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Traces, metrics and logs of a host.</summary>
public static class OpenTelemetryExtensions
{
    /// <summary>
    /// Exports traces, metrics and logs over OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set, and nothing where it is not; all of
    /// OpenTelemetry's variables hold (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER and the others). Metrics
    /// are gathered for <c>/metrics</c> too, unless Telemetry:Prometheus is false.
    /// </summary>
    /// <exception cref="InvalidOperationException">An endpoint is no URL, or the protocol is unknown.</exception>
    public static WebApplicationBuilder ConfigureOpenTelemetry(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSingleton<RpcMetrics>();
        services.AddHostedService<TelemetryStart>();
        if (builder.Configuration.GetValue("Telemetry:Prometheus", true))
        {
            services.AddSingleton<MetricCollector>();
        }

        var settings = OtlpSettings.Read(builder.Configuration);
        var resource = Resource(builder);
        if (settings.Traces)
        {
            services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(own => own.AddSingleton<IConfiguration>(builder.Configuration))
                .ConfigureResource(resource)
                .AddSource([.. TelemetrySources.Activities])
                .AddProcessor(new RpcSpanProcessor())
                .AddOtlpExporter()
                .Build());
        }

        if (settings.Metrics)
        {
            services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(own => own.AddSingleton<IConfiguration>(builder.Configuration))
                .ConfigureResource(resource)
                .AddMeter([.. TelemetrySources.Meters])
                .AddOtlpExporter()
                .Build());
        }

        if (settings.Logs)
        {
            var logs = ResourceBuilder.CreateEmpty();
            resource(logs);
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.SetResourceBuilder(logs);
                logging.AddOtlpExporter();
            });
        }

        return builder;
    }

    /// <summary>
    /// Who tells: the program's name and version and an instance's own id, each of which OTEL_SERVICE_NAME and
    /// OTEL_RESOURCE_ATTRIBUTES may say otherwise.
    /// </summary>
    private static Action<ResourceBuilder> Resource(WebApplicationBuilder builder)
    {
#pragma warning disable CA1308 // Names of services are in lower case.
        var name = builder.Environment.ApplicationName.ToLowerInvariant().Replace('.', '-');
#pragma warning restore CA1308
        var version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var instance = Guid.NewGuid().ToString();
        return resource => resource
            .Clear()
            .AddService(name, serviceNamespace: null, version, autoGenerateServiceInstanceId: false, instance)
            .AddTelemetrySdk()
            .AddAttributes(new OtelVariables(builder.Configuration).Attributes());
    }
}
