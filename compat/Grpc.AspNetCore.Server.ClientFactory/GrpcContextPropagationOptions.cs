namespace Grpc.AspNetCore.ClientFactory;

/// <summary>How a client made inside a call takes over that call's deadline and cancellation.</summary>
public class GrpcContextPropagationOptions
{
    /// <summary>
    /// Whether a call made outside of any server call goes ahead without a context. Default false: it throws
    /// <see cref="InvalidOperationException"/>.
    /// </summary>
    public bool SuppressContextNotFoundErrors { get; set; }
}
