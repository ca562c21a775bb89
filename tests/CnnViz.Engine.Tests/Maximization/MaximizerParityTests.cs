using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Whole ascents on the analytic network against double-precision PyTorch.</summary>
public sealed class MaximizerParityTests
{
    private static readonly TensorShape _shape = new(3, 16, 20);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 1)]
    public async Task RunAsync_KerasRecipe_ObjectivesNormsAndPictureAsPyTorch(int filter, int border)
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Keras, "features", [filter], 16, 20) with
        {
            Steps = 12,
            LearningRate = 0.5,
            Border = border,
            Seed = 42,
        };
        var start = Start(new PixelParameterization(_shape), options.Seed, filter);

        var events = await RunAsync(options);

        var expected = await PythonReference.RunAsync("ascend_keras", Arguments(options, start));
        AssertObjectives(expected.Doubles("objectives"), events);
        var norms = events.OfType<MaximizationProgress>().Select(p => p.Filters[0].GradientNorm).ToArray();
        Assert.All(expected.Doubles("norms").Zip(norms), pair => Close.Relative(pair.First, pair.Second, 1e-4));
        AssertResult(expected.Doubles("image"), (double)expected["end"]!, events, pictureTolerance: 1e-4);
        Assert.True((double)expected["end"]! > expected.Doubles("objectives")[0], "the reference itself must climb");
    }

    [Fact]
    public async Task RunAsync_LucidRecipeWithoutTransform_ObjectivesAndPictureAsPyTorch()
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", [2], 16, 20) with
        {
            Steps = 20,
            Seed = 3,
            Transform = TransformKind.Identity,
        };
        var start = Start(new FourierParameterization(_shape), options.Seed, 2);

        var events = await RunAsync(options);

        var expected = await PythonReference.RunAsync("ascend_lucid", Arguments(options, start));
        AssertObjectives(expected.Doubles("objectives"), events);

        // Adam's first steps are g / |g|: rounding shows where a coefficient's gradient is near 0.
        AssertResult(expected.Doubles("image"), (double)expected["end"]!, events, pictureTolerance: 1e-3);
    }

    private static float[] Start(IParameterization parameterization, ulong seed, int filter)
    {
        var start = new float[parameterization.ParameterCount];
        parameterization.Initialize(new CounterRandom(seed, RandomPurpose.Start, (ulong)filter), start);
        return start;
    }

    private static object Arguments(MaximizationOptions options, float[] start) => new
    {
        start,
        height = options.Height,
        width = options.Width,
        filter = options.Filters[0],
        border = options.Border,
        steps = options.Steps,
        rate = options.LearningRate,
        mean = AnalyticGraph.Mean,
        std = AnalyticGraph.Std,
    };

    private static async Task<List<MaximizationEvent>> RunAsync(MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        return await new Maximizer(models).RunAsync(graph, new AnalyticEngine(), options).ToListAsync();
    }

    private static void AssertObjectives(double[] expected, List<MaximizationEvent> events)
    {
        var actual = events.OfType<MaximizationProgress>().Select(p => p.Filters[0].Objective).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Close.Relative(pair.First, pair.Second, 1e-4));
    }

    private static void AssertResult(double[] image, double objective, List<MaximizationEvent> events, double pictureTolerance)
    {
        var result = Assert.Single(events.OfType<MaximizationResult>());
        Close.Arrays(image, result.Image.Span, pictureTolerance);
        Close.Relative(objective, result.Objective, 1e-4);
    }
}
