using Grpc.Core;

namespace Grpc.Net.ClientFactory;

/// <summary>One call's options while they are being configured.</summary>
/// <param name="callOptions">The options so far.</param>
/// <param name="serviceProvider">The services of the scope that the client was made in.</param>
public class CallOptionsContext(CallOptions callOptions, IServiceProvider serviceProvider)
{
    /// <summary>The options; set a changed copy.</summary>
    public CallOptions CallOptions { get; set; } = callOptions;

    /// <summary>The services of the scope that the client was made in.</summary>
    public IServiceProvider ServiceProvider { get; } = serviceProvider;
}
