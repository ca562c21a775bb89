using CnnViz.Engine.Maximization;
using CnnViz.Engine.Tests.Trained;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>
/// Every objective through a whole run on the repository's own networks: it rises, the result says what the picture gives by a
/// formula written out here, and the same seed gives the same picture.
/// </summary>
public sealed class WholeRunTests(ITestOutputHelper output) : IDisposable
{
    private const string Layer = "re_lu_3";
    private const int Size = 64;
    private const int Filter = 7;
    private const int Steps = 40;

    private readonly ModelCatalog _catalog = TrainedModel.OpenCatalog();

    public void Dispose() => _catalog.Dispose();

    [Theory]
    [InlineData("channel")]
    [InlineData("neuron")]
    [InlineData("direction")]
    [InlineData("direction, cosine squared")]
    [InlineData("deepdream")]
    [InlineData("combination")]
    [InlineData("penalties")]
    [InlineData("keras")]
    public async Task RunAsync_Objective_RisesToWhatThePictureGivesAndReproduces(string name)
    {
        var graph = _catalog.Load("patches");
        var options = OptionsFor(name);

        var run = await WholeRun.ExecuteAsync(graph, options);
        var again = await WholeRun.ExecuteAsync(graph, options);
        var other = await WholeRun.ExecuteAsync(graph, options with { Seed = 1 });
        var first = await WholeRun.ExecuteAsync(graph, options with { Steps = 1 });

        var result = Assert.Single(run.Results);
        run.AssertRises(result.Filter);
        run.AssertSamePictures(again);
        Assert.False(result.Image.Span.SequenceEqual(other.Results[0].Image.Span), "another seed, the same picture");
        var expected = Expected(name, run, result.Image);
        output.WriteLine($"{name}: {run.Objectives(result.Filter)[0]:g4} at the start, {result.Objective:g4} at the end");
        Assert.Equal(expected, result.Objective, 1e-4 * Math.Abs(expected));
        Assert.True(result.Objective > first.Results[0].Objective);
    }

    /// <summary>Classes of the classifier before its softmax.</summary>
    [Fact]
    public async Task RunAsync_ClassLogits_EachPictureIsTakenForItsClass()
    {
        var graph = _catalog.Load("fashion-cnn");
        int[] classes = [0, 1, 5, 7, 8];
        var options = Lucid("dense_2", classes, 28) with { Steps = 96 };

        var run = await WholeRun.ExecuteAsync(graph, options);

        Assert.Equal(classes, run.Results.Select(r => r.Filter));
        foreach (var result in run.Results)
        {
            var (logits, _) = run.Activations(result.Image);
            var (shares, _) = run.Activations(result.Image, "softmax_1");
            output.WriteLine($"class {result.Filter}: logit {result.Objective:g4}, probability {shares[result.Filter]:g4}");
            run.AssertRises(result.Filter);
            Assert.Equal(logits[result.Filter], result.Objective, 1e-4 * logits[result.Filter]);
            Assert.True(shares[result.Filter] > 0.5, $"class {result.Filter}: {shares[result.Filter]}");
        }
    }

    [Fact]
    public async Task RunAsync_Diversity_VariantsDifferMoreThanWithoutAndAllRise()
    {
        var graph = _catalog.Load("patches");
        var options = Lucid(Layer, [Filter], Size) with { Diversity = new DiversityOptions { Variants = 3, Weight = 2 } };

        var diverse = await WholeRun.ExecuteAsync(graph, options);
        var again = await WholeRun.ExecuteAsync(graph, options);
        var indifferent = await WholeRun.ExecuteAsync(graph, options with { Diversity = options.Diversity with { Weight = 0 } });

        Assert.Equal([0, 1, 2], diverse.Results.Select(r => r.Variant));
        diverse.AssertSamePictures(again);
        Assert.All(diverse.Results, r => diverse.AssertRises(Filter, r.Variant));
        var (with, without) = (Likeness(diverse), Likeness(indifferent));
        output.WriteLine($"mean cosine of Gram matrices {with:f3}, without diversity {without:f3}");
        Assert.True(with < without - 0.02, $"{with} with diversity, {without} without");
    }

    private static MaximizationOptions Lucid(string layer, int[] filters, int size) =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, layer, filters, size, size) with { Steps = Steps, Border = 0 };

    private static MaximizationOptions OptionsFor(string name)
    {
        var options = Lucid(Layer, [Filter], Size);
        return name switch
        {
            "neuron" => options with { Objective = ObjectiveKind.Neuron, NeuronRow = 3, NeuronColumn = 4 },
            "direction" => options with { Objective = ObjectiveKind.Direction, Direction = Direction() },
            "direction, cosine squared" =>
                options with { Objective = ObjectiveKind.Direction, Direction = Direction(), CosinePower = 2 },
            "deepdream" => options with { Objective = ObjectiveKind.DeepDream },
            "combination" => options with
            {
                Terms =
                [
                    new TermOptions { Layer = "conv2d_1", Filter = 3, Weight = 0.5 },
                    new TermOptions { Layer = Layer, Filter = 20, Weight = -0.25 },
                    new TermOptions { Layer = Layer, Objective = ObjectiveKind.DeepDream, Weight = 0.1 },
                ],
            },
            "penalties" => options with
            {
                Regularization = new RegularizationOptions { TotalVariation = 0.1, L1 = 0.05, L2 = 0.05, Blur = 0.1 },
            },
            "keras" => MaximizationOptions.ForRecipe(MaximizationRecipe.Keras, Layer, [Filter], Size, Size) with { Border = 0 },
            _ => options,
        };
    }

    /// <summary>Two channels against a third; the rest do not matter.</summary>
    private static float[] Direction()
    {
        var direction = new float[128];
        (direction[Filter], direction[11], direction[30]) = (1, 0.5f, -0.5f);
        return direction;
    }

    private static double Expected(string name, WholeRun run, ReadOnlyMemory<float> image)
    {
        var (values, shape) = run.Activations(image);
        var plane = shape.Height * shape.Width;
        double Mean(int channel) => values.Skip(channel * plane).Take(plane).Average(v => (double)v);
        double Squares() => values.Average(v => (double)v * v);
        switch (name)
        {
            case "neuron":
                return values[(Filter * plane) + (3 * shape.Width) + 4];
            case "direction" or "direction, cosine squared":
                var direction = Direction();
                var power = name == "direction" ? 0 : 2;
                return Enumerable.Range(0, plane).Average(cell =>
                {
                    double[] a = [.. Enumerable.Range(0, shape.Channels).Select(c => (double)values[(c * plane) + cell])];
                    var dot = a.Zip(direction, (x, d) => x * d).Sum();
                    var lengths = Math.Sqrt(a.Sum(x => x * x) * direction.Sum(d => (double)d * d));
                    return dot * Math.Pow(Math.Max(0.1, lengths > 0 ? dot / lengths : 0), power);
                });
            case "deepdream":
                return Squares();
            case "combination":
                var (early, earlyShape) = run.Activations(image, "conv2d_1");
                var earlyPlane = earlyShape.Height * earlyShape.Width;
                var edge = early.Skip(3 * earlyPlane).Take(earlyPlane).Average(v => (double)v);
                return Mean(Filter) + (0.5 * edge) - (0.25 * Mean(20)) + (0.1 * Squares());
            default:
                return Mean(Filter);
        }
    }

    /// <summary>The mean cosine between pictures' Gram matrices of the layer.</summary>
    private static double Likeness(WholeRun run)
    {
        var grams = run.Results.Select(result =>
        {
            var (values, shape) = run.Activations(result.Image);
            var plane = shape.Height * shape.Width;
            return Enumerable.Range(0, shape.Channels * shape.Channels).Select(i => Close.Dot(
                values.AsSpan(i / shape.Channels * plane, plane), values.AsSpan(i % shape.Channels * plane, plane))).ToArray();
        }).ToList();
        var pairs = from i in Enumerable.Range(0, grams.Count) from j in Enumerable.Range(0, i) select (A: grams[i], B: grams[j]);
        return pairs.Average(pair =>
            pair.A.Zip(pair.B, (a, b) => a * b).Sum() / Math.Sqrt(pair.A.Sum(a => a * a) * pair.B.Sum(b => b * b)));
    }
}
