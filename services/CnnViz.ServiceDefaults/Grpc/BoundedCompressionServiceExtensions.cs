using Grpc.AspNetCore.Server;
using Grpc.Net.Compression;
using Microsoft.Extensions.DependencyInjection;

namespace CnnViz.ServiceDefaults.Grpc;

/// <summary>Registers bounded decompression.</summary>
public static class BoundedCompressionServiceExtensions
{
    /// <summary>
    /// Bounds every compression that the gRPC server takes, gzip and deflate by default; call after <c>AddGrpc</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="maxInflatedBytes">Largest decompressed message, in bytes, above 0; normally MaxReceiveMessageSize.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxInflatedBytes"/> is 0 or less.</exception>
    public static IServiceCollection AddBoundedGzip(this IServiceCollection services, int maxInflatedBytes)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxInflatedBytes);

        // After every other configuration, so that no provider escapes.
        return services.PostConfigure<GrpcServiceOptions>(options =>
        {
            IList<ICompressionProvider> providers = options.CompressionProviders;
            for (int i = 0; i < providers.Count; i++)
                providers[i] = new BoundedCompressionProvider(providers[i], maxInflatedBytes);
        });
    }
}
