using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class MaximizerCancellationTests
{
    [Fact]
    public async Task RunAsync_CancelledInAForwardPass_NoFurtherPass()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var cancellation = new CancellationTokenSource();
        var engine = new AnalyticEngine();
        engine.OnForward = number =>
        {
            if (number == 4)
            {
                cancellation.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Maximizer(models).RunAsync(graph, engine, Options(), cancellation.Token).ToListAsync().AsTask());

        // The enumeration ends only when the computation has, so these counts are final.
        Assert.Equal((4, 3), (engine.Forwards, engine.Backwards));
        Assert.Equal((0, 0), (engine.OpenPasses, engine.OpenModels));
    }

    [Fact]
    public async Task RunAsync_CancelledBeforehand_NoPass()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        var engine = new AnalyticEngine();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Maximizer(models).RunAsync(graph, engine, Options(), cancelled).ToListAsync().AsTask());

        Assert.Equal((0, 0), (engine.Forwards, engine.OpenModels));
    }

    [Fact]
    public async Task RunAsync_ConsumerStopsEarly_ComputationEndsAndQueueBoundsIt()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        var engine = new AnalyticEngine();
        var seen = 0;

        await foreach (var happened in new Maximizer(models).RunAsync(graph, engine, Options()))
        {
            if (happened is MaximizationProgress && ++seen == 3)
            {
                break;
            }
        }

        // 3 taken, at most 64 in the queue, one waiting to enter it and one pass under way.
        Assert.InRange(engine.Forwards, 3, 3 + 64 + 2);
        Assert.Equal((0, 0), (engine.OpenPasses, engine.OpenModels));
    }

    [Fact]
    public async Task RunAsync_EngineThrows_ConsumerGetsTheException()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        var engine = new AnalyticEngine
        {
            OnForward = number => throw new InvalidOperationException("the device is gone"),
        };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new Maximizer(models).RunAsync(graph, engine, Options()).ToListAsync().AsTask());

        Assert.Equal("the device is gone", exception.Message);
        Assert.Equal(0, engine.OpenModels);
    }

    private static MaximizationOptions Options() =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Keras, "features", [0, 1], 16, 16) with { Steps = 4096 };
}
