using System.Diagnostics;
using CnnViz.ServiceDefaults.Telemetry;
using CnnViz.ServiceDefaults.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CnnViz.Telemetry.Tests;

/// <summary>OpenTelemetry's variables.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, true, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317")]
    [InlineData(true, false, false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://collector/v1/traces")]
    [InlineData(false, false, false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_SDK_DISABLED=true")]
    [InlineData(true, false, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_METRICS_EXPORTER=none")]
    [InlineData(true, true, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_LOGS_EXPORTER=console, otlp")]
    public async Task Signals_AreExported_WhereTheVariablesSaySo(bool traces, bool metrics, bool logs, params string[] settings)
    {
        var builder = Builder(settings);
        builder.ConfigureOpenTelemetry();
        await using var app = builder.Build();
        Assert.Equal(traces, app.Services.GetService<TracerProvider>() is not null);
        Assert.Equal(metrics, app.Services.GetService<MeterProvider>() is not null);
        Assert.Equal(logs, app.Services.GetServices<ILoggerProvider>().OfType<OpenTelemetryLoggerProvider>().Any());
        Assert.NotNull(app.Services.GetService<MetricCollector>());
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "not-a-url-token-55")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "ftp://user:token-55@collector")]
    public void Endpoint_ThatIsNoUrl_IsRefusedWithoutRepeatingIt(string name, string value)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Builder($"{name}={value}").ConfigureOpenTelemetry());
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token-55", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Protocol_ThatIsUnknown_IsRefused() => Assert.Contains(
        "http/json",
        Assert.Throws<InvalidOperationException>(() => Builder(
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318",
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/json").ConfigureOpenTelemetry()).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Prometheus_TurnedOff_GathersNothing()
    {
        var builder = Builder("Telemetry:Prometheus=false");
        builder.ConfigureOpenTelemetry();
        await using var app = builder.Build();
        Assert.Null(app.Services.GetService<MetricCollector>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "OTEL_TRACES_SAMPLER=always_off")]
    [InlineData(false, "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0")]
    public async Task Sampler_OfTheVariables_Decides(bool recorded, params string[] settings)
    {
        var builder = Builder(["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OTEL_SERVICE_NAME=mine", .. settings]);
        builder.ConfigureOpenTelemetry();
        await using var app = builder.Build();
        var provider = app.Services.GetRequiredService<TracerProvider>();
        using var source = new ActivitySource($"CnnViz.Sampled{Guid.NewGuid():N}");
        using var span = source.StartActivity("work");
        Assert.Equal(recorded, span?.Recorded ?? false);
        Assert.Contains(new KeyValuePair<string, object>("service.name", "mine"), provider.GetResource().Attributes);
    }

    [Fact]
    public void Attributes_OfResourceAndName_AreRead()
    {
        var configuration = Builder(
            "OTEL_RESOURCE_ATTRIBUTES=a=1, b.c = x%2Cy ,junk,=none,service.name=other", "OTEL_SERVICE_NAME=mine").Configuration;
        var attributes = new OtelVariables(configuration).Attributes();
        Assert.Equal(
            [("a", "1"), ("b.c", "x,y"), ("service.name", "mine")],
            attributes.Select(one => (one.Key, (string)one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal));
    }

    private static WebApplicationBuilder Builder(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting =>
            new KeyValuePair<string, string?>(setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..])));
        return builder;
    }
}
