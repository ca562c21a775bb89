using CnnViz.Render.Cache;
using CnnViz.Render.Telemetry;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Rpcs;

/// <summary>
/// The wire side of RenderService: one file per RPC. Each asks the inference service for numbers (Upstream/), draws
/// (Pictures/), and streams the file (Responses/).
/// </summary>
internal sealed partial class RenderGrpcService(
    InferenceService.InferenceServiceClient inference,
    RunEvents runs,
    UpstreamCredentials credentials,
    PictureAddresses addresses,
    RenderCaches caches,
    RenderTelemetry telemetry) : RenderService.RenderServiceBase
{
    /// <summary>Runs calls to the inference service; what it refuses, the caller hears unchanged.</summary>
    private static async Task<T> Upstream<T>(Func<Task<T>> calls)
    {
        try
        {
            return await calls().ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            throw UpstreamErrors.PassOn(exception);
        }
    }
}
