using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>What the self-supervised network's first layer must show: oriented edges, and colour.</summary>
public sealed class PatchesTests(ITestOutputHelper output)
{
    private const int Size = 9;
    private const int Filters = 64;

    [Fact]
    public void FirstLayer_Kernel_HoldsOrientedEdgesAndColor()
    {
        using var catalog = TrainedModel.OpenCatalog();
        var graph = catalog.Load("patches");
        var weight = graph.Find("conv2d_1")!.Weight("kernel")!;
        Assert.Equal([Size, Size, 3, Filters], weight.Shape);
        var kernel = new float[weight.ElementCount];
        graph.Weights.Read(weight.Key, kernel);

        var colored = Enumerable.Range(0, Filters).Where(filter => ColorShare(kernel, filter) > 0.5).ToHashSet();
        var oriented = Enumerable.Range(0, Filters).Count(filter => !colored.Contains(filter) && Coherence(kernel, filter) > 0.5);
        output.WriteLine($"{oriented} oriented, {colored.Count} coloured");
        Assert.Equal(TrainedModel.Figure("patches", "colored_filters"), colored.Count);
        Assert.True(colored.Count >= 8);
        Assert.True(oriented >= 40);
    }

    /// <summary>The energy that red, green and blue do not have in common, of all: 0 (grey) to 1.</summary>
    private static double ColorShare(float[] kernel, int filter)
    {
        double all = 0, color = 0;
        for (var i = 0; i < Size * Size; i++)
        {
            var gray = Gray(kernel, filter, i);
            for (var c = 0; c < 3; c++)
            {
                double value = kernel[(((i * 3) + c) * Filters) + filter];
                all += value * value;
                color += (value - gray) * (value - gray);
            }
        }

        return color / all;
    }

    /// <summary>
    /// The structure tensor's coherence over the grey part: 0 where gradients point everywhere, 1 where they share one axis.
    /// </summary>
    private static double Coherence(float[] kernel, int filter)
    {
        double xx = 0, yy = 0, xy = 0;
        for (var row = 1; row < Size - 1; row++)
        {
            for (var column = 1; column < Size - 1; column++)
            {
                var at = (row * Size) + column;
                var x = Gray(kernel, filter, at + 1) - Gray(kernel, filter, at - 1);
                var y = Gray(kernel, filter, at + Size) - Gray(kernel, filter, at - Size);
                (xx, yy, xy) = (xx + (x * x), yy + (y * y), xy + (x * y));
            }
        }

        return Math.Sqrt(((xx - yy) * (xx - yy)) + (4 * xy * xy)) / (xx + yy);
    }

    private static double Gray(float[] kernel, int filter, int cell) =>
        Enumerable.Range(0, 3).Average(channel => (double)kernel[(((cell * 3) + channel) * Filters) + filter]);
}
