namespace Grpc.Core.Interceptors;

/// <summary>A client call on its way through the interceptors.</summary>
/// <param name="method">The method called.</param>
/// <param name="host">The host named, or null.</param>
/// <param name="options">The call's options.</param>
public struct ClientInterceptorContext<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    where TRequest : class
    where TResponse : class
{
    /// <summary>The method called.</summary>
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>The host named, or null.</summary>
    public string? Host { get; } = host;

    /// <summary>The call's options.</summary>
    public CallOptions Options { get; } = options;
}
