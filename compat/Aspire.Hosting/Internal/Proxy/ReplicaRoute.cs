using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Aspire.Hosting.Internal.Proxy;

/// <summary>Hands the requests to one endpoint on to its replicas.</summary>
internal sealed class ReplicaRoute(EndpointAnnotation endpoint, IHttpForwarder forwarder, HttpMessageInvoker client)
{
    private readonly ReplicaBalancer _balancer = new(endpoint);

    private readonly ForwarderRequestConfig _request = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = endpoint.Transport == "http2" ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task SendAsync(HttpContext context)
    {
        var isCall = GrpcFailure.IsCall(context.Request);
        if (_balancer.Enter() is not { } replica)
        {
            Fail(context, isCall, $"No replica answers at {endpoint.Name}.");
            return;
        }

        try
        {
            if (isCall)
                GrpcFailure.DelayReset(context);
            var error = await forwarder.SendAsync(context, replica.UriString, client, _request).ConfigureAwait(false);
            if (error != ForwarderError.None && isCall && !context.RequestAborted.IsCancellationRequested)
                GrpcFailure.End(context, $"The replica at {replica.EndPointString} does not answer any more.");
        }
        finally
        {
            _balancer.Leave(replica);
        }
    }

    private static void Fail(HttpContext context, bool isCall, string reason)
    {
        if (isCall)
            GrpcFailure.End(context, reason);
        else
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    }
}
