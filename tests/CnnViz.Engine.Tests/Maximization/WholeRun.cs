using CnnViz.Engine.Maximization;
using CnnViz.Engine.Torch;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>A run on a real network from the first event to the last, on two threads.</summary>
internal sealed class WholeRun
{
    private static readonly TorchEngineOptions _cpu = new() { Device = "cpu", Threads = 2 };

    private WholeRun(ModelGraph graph, MaximizationOptions options, List<MaximizationEvent> events) =>
        (Graph, Options, Events) = (graph, options, events);

    public ModelGraph Graph { get; }

    public MaximizationOptions Options { get; }

    public List<MaximizationEvent> Events { get; }

    public IReadOnlyList<MaximizationResult> Results => [.. Events.OfType<MaximizationResult>()];

    public IReadOnlyList<MaximizationPreview> Previews => [.. Events.OfType<MaximizationPreview>()];

    public static async Task<WholeRun> ExecuteAsync(ModelGraph graph, MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        return new(graph, options, await new Maximizer(models).RunAsync(graph, new TorchEngine(_cpu), options).ToListAsync());
    }

    /// <summary>A picture's objective before each step.</summary>
    public IReadOnlyList<double> Objectives(int filter, int variant = 0) =>
    [
        .. Events.OfType<MaximizationProgress>().SelectMany(e => e.Filters)
            .Where(f => f.Filter == filter && f.Variant == variant).Select(f => f.Objective),
    ];

    /// <summary>A layer's activations for a picture: red, green, blue or grey of 0..255 made from ascent space here, less the
    /// network's mean, over its deviation, and a constant fourth channel where the network has one.</summary>
    public (float[] Values, TensorShape Shape) Activations(ReadOnlyMemory<float> image, string? layer = null)
    {
        layer ??= Options.Layer;
        var input = Graph.Input;
        Assert.NotEqual(ChannelOrder.Bgr, input.Order);
        var plane = Options.Height * Options.Width;
        var network = new float[input.Channels * plane];
        for (var i = 0; i < network.Length; i++)
        {
            var channel = i / plane;
            network[i] = channel * plane >= image.Length
                ? input.ConstantChannelValue
                : ((image.Span[i] + 1) * 127.5f - input.Mean[channel]) / input.Std[channel];
        }

        using var model = new TorchEngine(_cpu).Compile(Graph, new CompileOptions(Options.Height, Options.Width, [layer]));
        using var pass = model.Forward(network, 1, withGradient: false);
        var values = new float[model.TargetShapes[layer].ElementCount];
        pass.CopyActivation(layer, values);
        return (values, model.TargetShapes[layer]);
    }

    /// <summary>That a picture's objective ends, over the last quarter of the steps, well above its start.</summary>
    public void AssertRises(int filter, int variant = 0)
    {
        var objectives = Objectives(filter, variant);
        Assert.Equal(Options.Steps, objectives.Count);
        var (start, end) = (objectives.Take(2).Max(), objectives.TakeLast(Options.Steps / 4).Average());
        Assert.True(end > start + (0.5 * Math.Abs(start)), $"filter {filter} variant {variant}: from {start} to {end}");
    }

    /// <summary>That two runs' pictures are the same to the last bit.</summary>
    public void AssertSamePictures(WholeRun other)
    {
        Assert.Equal(Results.Count, other.Results.Count);
        foreach (var (mine, theirs) in Results.Zip(other.Results))
        {
            Assert.Equal((mine.Filter, mine.Variant, mine.Objective), (theirs.Filter, theirs.Variant, theirs.Objective));
            Assert.True(mine.Image.Span.SequenceEqual(theirs.Image.Span), $"filter {mine.Filter}, variant {mine.Variant}");
        }
    }
}
