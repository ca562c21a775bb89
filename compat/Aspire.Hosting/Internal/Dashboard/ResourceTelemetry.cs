using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Internal.Dashboard;

/// <summary>
/// Where resources send their telemetry, in OpenTelemetry's own variables: to the dashboard of this application or, when that is
/// turned off, to the address that the settings name.
/// </summary>
internal sealed class ResourceTelemetry(IConfiguration configuration)
{
    /// <summary>How often everything is sent, in ms: seldom enough to cost nothing, often enough to watch.</summary>
    private const string Interval = "1000";

    private string? _endpoint = configuration[DashboardSettings.OtlpGrpcUrl] is { Length: > 0 } url ? url : null;
    private string _protocol = "grpc";
    private string? _key;

    /// <summary>
    /// From now on resources send to the dashboard; gRPC is taken where both are there. Nowhere when neither is.
    /// </summary>
    public void Send(Uri? grpc, Uri? http, string? key)
    {
        _endpoint = (grpc ?? http)?.GetLeftPart(UriPartial.Authority);
        _protocol = grpc is not null ? "grpc" : "http/protobuf";
        _key = key;
    }

    /// <summary>Sets the variables of one replica. Without a dashboard only its name.</summary>
    public void SetVariables(Dictionary<string, object> variables, IResource resource, string resourceId)
    {
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={resourceId}";
        if (_endpoint is null)
            return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = _endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol;
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = Interval;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = Interval;
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = Interval;
        if (_key is not null)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] =
                new ParameterResource("otlp-headers", _ => $"x-otlp-api-key={_key}", secret: true);
    }
}
