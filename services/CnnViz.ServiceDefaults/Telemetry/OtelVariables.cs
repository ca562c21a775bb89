using Microsoft.Extensions.Configuration;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>
/// What OTEL_RESOURCE_ATTRIBUTES ("key=value,key=value", values percent-encoded) and OTEL_SERVICE_NAME say about a service.
/// </summary>
internal sealed class OtelVariables(IConfiguration configuration)
{
    /// <summary>The attributes; OTEL_SERVICE_NAME goes before a service.name among the others. What is no pair is left out.</summary>
    public IReadOnlyDictionary<string, object> Attributes()
    {
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var pair in (configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "").Split(','))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                attributes[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
            }
        }

        if (configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name)
        {
            attributes["service.name"] = name;
        }

        return attributes;
    }
}
