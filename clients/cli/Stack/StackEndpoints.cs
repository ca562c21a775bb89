using System.Text.Json;

namespace CnnViz.Cli.Stack;

/// <summary>Where a stack's services listen, as the AppHost writes it once all are healthy.</summary>
/// <param name="Inference">The inference service.</param>
/// <param name="Render">The render service.</param>
internal sealed record StackEndpoints(ServiceEndpoint Inference, ServiceEndpoint Render)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads the JSON the AppHost wrote.</summary>
    /// <exception cref="CliException">It is not what this tool knows.</exception>
    public static StackEndpoints Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StackEndpoints>(json, _json) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new CliException($"The AppHost's list of endpoints could not be read: {exception.Message}");
        }
    }
}

/// <summary>One service's two ports.</summary>
/// <param name="Grpc">Cleartext HTTP/2, for gRPC.</param>
/// <param name="Http">HTTP/1.1, for probes and pages.</param>
internal sealed record ServiceEndpoint(Uri Grpc, Uri Http);
