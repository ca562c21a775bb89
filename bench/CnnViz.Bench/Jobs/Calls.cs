using System.Diagnostics;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Bench.Jobs;

/// <summary>Calls as a client makes them: to the last message of the answer.</summary>
internal static class Calls
{
    /// <summary>A maximization's numbers; where they came from and what computed them.</summary>
    public static async Task<(double Ms, Execution Execution)> MaximizeAsync(
        InferenceService.InferenceServiceClient client, MaximizeFilterRequest request, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var execution = new Execution();
        using var call = client.MaximizeFilter(request, cancellationToken: cancellation);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            execution = message.Event.Started?.Execution ?? execution;
        }

        return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, execution);
    }

    /// <summary>A maximization's picture; where it came from and what computed it.</summary>
    public static async Task<(double Ms, CacheState Cache, Execution Execution)> RenderAsync(
        RenderService.RenderServiceClient client, RenderMaximizationRequest request, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        PictureHeader? picture = null;
        using var call = client.RenderMaximization(request, cancellationToken: cancellation);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            picture = message.Picture ?? picture;
        }

        return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, picture!.Cache, picture.Execution);
    }
}
