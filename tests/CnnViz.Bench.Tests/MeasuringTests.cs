using CnnViz.Bench.Measuring;
using CnnViz.Models;

namespace CnnViz.Bench.Tests;

/// <summary>What the figures are made of.</summary>
public sealed class MeasuringTests
{
    // The literature's counts: VGG16's convolutions take 15.35 billion multiply-adds at 224 pixels; the headline job 1.974 twice.
    [Theory]
    [InlineData("vgg16-notop", "block5_pool", 224, 1, 30.69)]
    [InlineData("resnet50v2-notop", "conv3_block4_out", 180, 2, 3.948)]
    public void Forward_KnownNetworks_CountsTwoOperationsPerMultiplyAdd(
        string model, string layer, int size, int passes, double billions)
    {
        using var graph = ZooModel.All.Single(zoo => zoo.Name == model).Build();

        var operations = passes == 1 ? FlopCount.Forward(graph, size, size, layer) : FlopCount.Gradient(graph, size, size, layer);

        Assert.Equal(billions, operations / 1e9, 0.002 * billions);
    }

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    public void Median_OddAndEvenCounts_IsTheMiddle(double[] values, double median) =>
        Assert.Equal(median, new Samples(values).Median);

    [Fact]
    public async Task RunAsync_TwoRunners_TakeTurnsAndTheFirstRoundDoesNotCount()
    {
        var order = "";
        Runner Named(char name) => _ =>
        {
            order += name;
            return Task.FromResult((double)order.Length);
        };

        var samples = await Interleaved.RunAsync(3, [Named('a'), Named('b')], CancellationToken.None);

        Assert.Equal("abababab", order);
        Assert.Equal([3, 5, 7], samples[0].Values);
        Assert.Equal([4, 6, 8], samples[1].Values);
    }

    [Fact]
    public void Against_APeer_RatioIsOfMediansAndSpreadOfPairs()
    {
        var result = new BenchResult { Job = "job", Group = "step" }
            .Against("peer", new Samples([1, 2, 4]), new Samples([3, 8, 4]));

        Assert.Equal((2, 4, 2), (result.Ms, result.PeerMs, result.Ratio));
        Assert.Equal([1, 4], result.Spread!);
        Assert.Equal(3, result.Pairs);
    }

    [Theory]
    [InlineData(12345.6, 12346)]
    [InlineData(13.5678, 13.57)]
    [InlineData(0.000123456, 0.0001235)]
    [InlineData(0, 0)]
    public void Significant_AnyMagnitude_KeepsFourDigits(double value, double rounded) =>
        Assert.Equal(rounded, BenchResult.Significant(value), 12);

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--root")]
    public void Parse_UnknownOptionOrMissingValue_IsRefused(string argument) =>
        Assert.Throws<ArgumentException>(() => BenchArguments.Parse([argument]));
}
