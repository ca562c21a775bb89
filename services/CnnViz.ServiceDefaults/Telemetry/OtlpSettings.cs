using Microsoft.Extensions.Configuration;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>
/// Which signals go out over OTLP, by OpenTelemetry's own variables. A signal is exported where it has an endpoint
/// (OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, _METRICS_, _LOGS_ for it alone) and its exporter
/// (OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER, OTEL_LOGS_EXPORTER) is "otlp", the default; OTEL_SDK_DISABLED=true turns all off.
/// </summary>
/// <param name="Traces">Whether spans are.</param>
/// <param name="Metrics">Whether measurements are.</param>
/// <param name="Logs">Whether log records are.</param>
internal sealed record OtlpSettings(bool Traces, bool Metrics, bool Logs)
{
    /// <summary>Reads them; an endpoint that is no URL ends the start with a clear word.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is no http or https URL, or the protocol is unknown.</exception>
    public static OtlpSettings Read(IConfiguration configuration)
    {
        if (bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled)
        {
            return new OtlpSettings(false, false, false);
        }

        return new OtlpSettings(Goes("TRACES"), Goes("METRICS"), Goes("LOGS"));

        bool Goes(string signal)
        {
            var exporter = configuration[$"OTEL_{signal}_EXPORTER"];
            if (exporter is { Length: > 0 } && !exporter.Split(',', StringSplitOptions.TrimEntries).Contains("otlp"))
            {
                return false;
            }

            var name = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
            if (string.IsNullOrEmpty(configuration[name]))
            {
                name = "OTEL_EXPORTER_OTLP_ENDPOINT";
            }

            if (configuration[name] is not { Length: > 0 } endpoint)
            {
                return false;
            }

            // The value may carry a token, so it is not repeated.
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                throw new InvalidOperationException($"{name} must be an http or https URL");
            }

            CheckProtocol($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL");
            CheckProtocol("OTEL_EXPORTER_OTLP_PROTOCOL");
            return true;
        }

        void CheckProtocol(string name)
        {
            if (configuration[name] is not (null or "" or "grpc" or "http/protobuf"))
            {
                throw new InvalidOperationException($"{name} must be grpc or http/protobuf, not '{configuration[name]}'");
            }
        }
    }
}
