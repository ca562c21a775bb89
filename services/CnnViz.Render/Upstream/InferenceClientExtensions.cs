using CnnViz.V1;

namespace CnnViz.Render.Upstream;

/// <summary>The way to the inference service.</summary>
internal static class InferenceClientExtensions
{
    // As the app host's reference injects it: services__inference__grpc__0.
    private const string Setting = "services:inference:grpc:0";

    /// <summary>Adds the client of the inference service whose address the app host or the configuration gives.</summary>
    /// <exception cref="InvalidOperationException">No address is configured, or it is not a URL.</exception>
    public static WebApplicationBuilder AddInferenceClient(this WebApplicationBuilder builder)
    {
        var text = builder.Configuration[Setting];
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException(
                $"{Setting.Replace(":", "__", StringComparison.Ordinal)} must be the inference service's URL, not '{text}'");
        }

        builder.Services.AddGrpcClient<InferenceService.InferenceServiceClient>(options => options.Address = address);
        return builder;
    }
}
