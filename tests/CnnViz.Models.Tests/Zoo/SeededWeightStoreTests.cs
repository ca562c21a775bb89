namespace CnnViz.Models.Tests.Zoo;

public sealed class SeededWeightStoreTests
{
    private static ModelGraph Net(ulong seed, ActivationKind activation = ActivationKind.Relu)
    {
        var builder = new KerasModelBuilder(Graph.Graphs.Input(16, 8, 8));
        builder.Conv2D("a", 64, new Size2D(3, 3), activation: new ActivationOp(activation));
        builder.Conv2D("b", 64, new Size2D(3, 3));
        builder.BatchNormalization("bn");
        return builder.Build("net", seed: seed);
    }

    private static float[] Read(ModelGraph graph, string key)
    {
        var values = new float[graph.Weights.ShapeOf(key).Aggregate(1, (product, extent) => product * extent)];
        graph.Weights.Read(key, values);
        return values;
    }

    [Fact]
    public void Read_Kernel_IsHeNormal()
    {
        using var graph = Net(1);
        var values = Read(graph, "b/kernel");
        var deviation = Math.Sqrt(2.0 / (3 * 3 * 64));
        Assert.Equal(3 * 3 * 64 * 64, values.Length);
        Assert.InRange(values.Average(value => (double)value), -0.01 * deviation, 0.01 * deviation);
        Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value)) / deviation, 0.99, 1.01);

        // A normal law's shares within one and two deviations, and its fourth moment of 3.
        Assert.InRange(values.Count(value => Math.Abs(value) < deviation) / (double)values.Length, 0.673, 0.693);
        Assert.InRange(values.Count(value => Math.Abs(value) < 2 * deviation) / (double)values.Length, 0.949, 0.960);
        Assert.InRange(values.Average(value => Math.Pow(value / deviation, 4)), 2.8, 3.2);
    }

    [Fact]
    public void Read_OtherWeights_StartAsInKeras()
    {
        using var graph = Net(1);
        string[] zeros = ["a/bias", "bn/beta", "bn/moving_mean"];
        string[] ones = ["bn/gamma", "bn/moving_variance"];
        Assert.All(zeros.SelectMany(key => Read(graph, key)), value => Assert.Equal(0, value));
        Assert.All(ones.SelectMany(key => Read(graph, key)), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Read_SameSeed_GivesTheSameBitsInAnyOrder()
    {
        using var first = Net(5);
        using var second = Net(5);
        var a = Read(first, "a/kernel");
        _ = Read(second, "b/kernel");
        Assert.Equal(a, Read(second, "a/kernel"));
        Assert.Equal(first.Digest, second.Digest);
    }

    [Fact]
    public void Digest_SeedOrActivation_TellsNetworksApart()
    {
        string[] digests = [Net(1).Digest, Net(2).Digest, Net(1, ActivationKind.Tanh).Digest];
        Assert.Equal(3, digests.Distinct().Count());
        Assert.NotEqual(Read(Net(1), "a/kernel"), Read(Net(2), "a/kernel"));
    }

    [Fact]
    public void Log_ManyValues_IsTheNaturalLogarithm()
    {
        var random = new Random(3);
        for (var i = 0; i < 1000; i++)
        {
            var value = Math.Exp((random.NextDouble() * 60) - 50);
            var expected = Math.Log(value);
            Assert.InRange(Math.Abs(SeededNormal.Log(value) - expected), 0, 1e-15 * (1 + Math.Abs(expected)));
        }
    }

    [Fact]
    public void Build_GivenValuesOfAnotherLength_IsRefused()
    {
        var builder = new KerasModelBuilder(Graph.Graphs.Input());
        builder.Conv2D("a", 2, Size2D.One);
        var refusal = Assert.Throws<ModelFormatException>(
            () => builder.Build("net", trained: new Dictionary<string, float[]> { ["a/kernel"] = new float[5] }));
        Assert.Contains("'a/kernel'", refusal.Message, StringComparison.Ordinal);
    }
}
