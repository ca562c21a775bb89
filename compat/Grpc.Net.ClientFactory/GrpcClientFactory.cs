namespace Grpc.Net.ClientFactory;

/// <summary>Makes the gRPC clients that were registered by name.</summary>
public abstract class GrpcClientFactory
{
    /// <summary>Makes a client.</summary>
    /// <typeparam name="TClient">The generated client's type.</typeparam>
    /// <param name="name">The name it was registered under.</param>
    /// <exception cref="InvalidOperationException">No client of that name and type is registered, or it has no
    /// address.</exception>
    public abstract TClient CreateClient<TClient>(string name)
        where TClient : class;
}
