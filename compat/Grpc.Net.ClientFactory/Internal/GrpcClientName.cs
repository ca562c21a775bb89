using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Net.ClientFactory.Internal;

/// <summary>Marks a name as a gRPC client's, so that its builder can be told from a plain HTTP client's.</summary>
internal sealed record GrpcClientName(string Name)
{
    internal static void Require(IHttpClientBuilder builder, string caller)
    {
        if (!builder.Services.Any(d => d.ImplementationInstance is GrpcClientName known && known.Name == builder.Name))
            throw new InvalidOperationException($"{caller} must be used with a gRPC client.");
    }
}
