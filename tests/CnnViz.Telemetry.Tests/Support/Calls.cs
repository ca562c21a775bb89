using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Telemetry.Tests.Support;

/// <summary>The calls that the tests make.</summary>
internal static class Calls
{
    /// <summary>A maximization of a small trained network.</summary>
    public static MaximizeFilterRequest Maximization(int filters, int steps) => new()
    {
        Model = "fashion-cnn",
        Layer = "dense_2",
        Filters = { Enumerable.Range(0, filters) },
        Engine = "onednn",
        Settings = new MaximizationSettings { Steps = steps },
    };

    /// <summary>A maximization to its end, as that is told.</summary>
    public static async Task<MaximizationCompleted?> CompletedAsync(
        this InferenceService.InferenceServiceClient inference, MaximizeFilterRequest request)
    {
        MaximizationCompleted? completed = null;
        using var call = inference.MaximizeFilter(request);
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            completed = message.Event.Completed ?? completed;
        }

        return completed;
    }

    /// <summary>A picture of one, to its end; returns the picture's file.</summary>
    public static async Task<byte[]> PictureAsync(this RenderService.RenderServiceClient render, MaximizeFilterRequest maximize)
    {
        var file = new MemoryStream();
        using var call = render.RenderMaximization(new RenderMaximizationRequest { Maximize = maximize });
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            if (message.Chunk is { } chunk)
            {
                file.Write(chunk.Data.Span);
            }
        }

        return file.ToArray();
    }
}
