using CnnViz.V1;

namespace CnnViz.Render.Upstream;

/// <summary>The way to the inference service.</summary>
internal static class InferenceClientExtensions
{
    /// <summary>
    /// Adds the client of the inference service whose addresses the app host or the configuration gives: services__inference__grpc__0
    /// and on.
    /// </summary>
    /// <exception cref="InvalidOperationException">No address is configured, or one is no URL.</exception>
    public static WebApplicationBuilder AddInferenceClient(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UpstreamCredentials>();
        builder.Services.AddSingleton<RunEvents>();
        builder.AddServiceClient<InferenceService.InferenceServiceClient>("inference", "grpc");
        builder.AddServiceClient<MaximizationService.MaximizationServiceClient>("inference", "grpc");
        return builder;
    }
}
