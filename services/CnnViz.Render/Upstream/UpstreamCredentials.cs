using CnnViz.ServiceDefaults.Tls;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace CnnViz.Render.Upstream;

/// <summary>
/// What this service shows the inference service: its own key where it has one, else what its caller has shown. A caller's client
/// certificate cannot be passed on; callers that have only that need this service to have a key.
/// </summary>
internal sealed class UpstreamCredentials(IOptions<UpstreamOptions> options)
{
    private const string KeyHeader = "x-api-key";
    private static readonly string[] _passedOn = ["authorization", KeyHeader];

    private readonly string _own = options.Value.OwnKey();

    /// <summary>Headers of the calls that are made for a call.</summary>
    public Metadata Of(ServerCallContext context)
    {
        if (_own.Length > 0)
        {
            return new Metadata { { KeyHeader, _own } };
        }

        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => _passedOn.Contains(entry.Key, StringComparer.Ordinal)))
        {
            headers.Add(entry);
        }

        return headers;
    }
}
