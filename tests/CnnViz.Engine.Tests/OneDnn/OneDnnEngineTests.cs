using System.Diagnostics.Metrics;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Telemetry;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.OneDnn;

/// <summary>What the engine promises besides right numbers.</summary>
public sealed class OneDnnEngineTests
{
    [Fact]
    public void WhyUnavailable_NativeLibraryIsHere_IsNull() => Assert.Null(OneDnnEngine.WhyUnavailable);

    [Fact]
    public void Constructor_NumbersOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneDnnEngine(new OneDnnEngineOptions { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneDnnEngine(new OneDnnEngineOptions { Threads = 1025 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneDnnEngine(new OneDnnEngineOptions { MemoryLimitBytes = 1000 }));
    }

    [Fact]
    public void Compile_UnknownTarget_NamesIt()
    {
        using var graph = OpCases.Build("residual blocks");
        var thrown = Assert.Throws<CompileException>(() => Compile(graph, "nosuch"));
        Assert.Contains("nosuch", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_OverTheMemoryLimit_NamesEstimateAndLimit()
    {
        using var graph = ZooModel.All.Single(zoo => zoo.Name == "vgg16-notop").Build();
        var engine = new OneDnnEngine(new OneDnnEngineOptions { MemoryLimitBytes = 16 << 20 });
        var thrown = Assert.Throws<CompileException>(() => engine.Compile(graph, new CompileOptions(224, 224, ["block5_conv3"])));
        Assert.Matches("needs [0-9]+ MiB for an image and its gradient; the limit is 16 MiB", thrown.Message);
    }

    [Fact]
    public void Compile_ForwardOnly_TakesNoMemoryForTheGradient()
    {
        using var graph = ZooModel.All.Single(zoo => zoo.Name == "mobilenetv2-notop").Build();
        var both = new CompileOptions(160, 160, [graph.Layers[^1].Name]);
        var forward = both with { ForwardOnly = true };
        using var roomy = new OneDnnEngine().Compile(graph, forward);
        var tight = new OneDnnEngine(new OneDnnEngineOptions { MemoryLimitBytes = roomy.EstimatedBytesPerImage });

        Assert.Throws<CompileException>(() => tight.Compile(graph, both));
        using var model = tight.Compile(graph, forward);
        var image = Parity.RandomValues((int)model.InputShape.ElementCount, 1);
        using var pass = model.Forward(image, 1, withGradient: false);
        Assert.Throws<InvalidOperationException>(() => model.Forward(image, 1, withGradient: true));
    }

    [Fact]
    public void Observe_AModelThatRan_ReportsItsCompiledSize()
    {
        using var meters = new Meters();
        var engine = new EngineMetrics(meters).Observe(new OneDnnEngine());
        var sizes = new List<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, active) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "cnnviz.weights.compiled")
            {
                active.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, size, _, _) => sizes.Add(size));
        listener.Start();

        using var graph = OpCases.Build("residual blocks");
        using var model = engine.Compile(graph, new CompileOptions(OpCases.Height, OpCases.Width, [graph.Layers[^1].Name]));
        listener.RecordObservableInstruments();
        using var pass = model.Forward(Parity.RandomValues((int)model.InputShape.ElementCount, 1), 1, withGradient: false);
        listener.RecordObservableInstruments();
        Assert.Equal([0, engine.PackedWeightBytes], sizes);
        Assert.True(sizes[1] > 0);
    }

    [Fact]
    public void Compile_WeightsThatCannotBeRead_AreAskedForAgain()
    {
        using var built = OpCases.Build("residual blocks");
        var weights = new FailingOnce(built.Weights);
        using var graph = new ModelGraph(built.Name, built.Input, built.Layers, weights);
        var engine = new OneDnnEngine();
        var target = graph.Layers[^1].Name;
        var images = Parity.RandomValues(OpCases.Channels * OpCases.Height * OpCases.Width, 1);

        Assert.ThrowsAny<Exception>(() =>
        {
            weights.Fails = true;
            Activation(engine, graph, target, images);
        });
        weights.Fails = false;

        Assert.Equal(Activation(new OneDnnEngine(), built, target, images), Activation(engine, graph, target, images));
    }

    [Fact]
    public void Backward_AgainstTheContract_Throws()
    {
        using var graph = OpCases.Build("residual blocks");
        var target = graph.Layers[^1].Name;
        using var model = Compile(graph, target);
        var images = new float[model.InputShape.ElementCount];
        var cotangent = new float[model.TargetShapes[target].ElementCount];
        var given = new Dictionary<string, ReadOnlyMemory<float>> { [target] = cotangent };
        Assert.Throws<ArgumentException>(() => model.Forward(images.AsSpan(1), 1, withGradient: true));

        using (var without = model.Forward(images, 1, withGradient: false))
        {
            Assert.Throws<InvalidOperationException>(() => without.Backward(given, images));
        }

        var pass = model.Forward(images, 1, withGradient: true);
        Assert.Throws<ArgumentException>(() => pass.CopyActivation(target, new float[1]));
        Assert.Throws<ArgumentException>(() => pass.CopyActivation("nosuch", cotangent));
        Assert.Throws<ArgumentException>(() => pass.Backward(given, new float[3]));
        pass.Backward(given, images);
        Assert.Throws<InvalidOperationException>(() => pass.Backward(given, images));
        pass.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pass.CopyActivation(target, cotangent));
    }

    [Fact]
    public async Task Forward_ManyLanesAtOnce_SameBytes()
    {
        using var graph = OpCases.Build("residual blocks");
        var target = graph.Layers[^1].Name;
        using var model = new OneDnnEngine().Compile(
            graph, new CompileOptions(OpCases.Height, OpCases.Width, [target]) { Threads = 1 });
        var images = Parity.RandomValues((int)model.InputShape.ElementCount, 1);
        var expected = Gradient(model, target, images);

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 20).Select(_ => Gradient(model, target, images)).ToList())));

        Assert.All(results.SelectMany(result => result), result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Forward_SeveralTargets_EachEqualsItsOwnPass()
    {
        using var graph = OpCases.Build("residual blocks");
        string[] targets = [.. graph.Layers.Select(layer => layer.Name)];
        using var model = Compile(graph, targets);
        var images = Parity.RandomValues((int)model.InputShape.ElementCount, 1);
        using var pass = model.Forward(images, 1, withGradient: true);
        foreach (var target in targets)
        {
            var together = new float[model.TargetShapes[target].ElementCount];
            pass.CopyActivation(target, together);
            var alone = Activation(new OneDnnEngine(), graph, target, images);
            Assert.InRange(Parity.RelativeError(together, [.. alone]), 0, 1e-5);
        }
    }

    private static ICompiledModel Compile(ModelGraph graph, params string[] targets)
        => new OneDnnEngine().Compile(graph, new CompileOptions(OpCases.Height, OpCases.Width, targets));

    private static float[] Activation(OneDnnEngine engine, ModelGraph graph, string target, float[] images)
    {
        using var model = engine.Compile(graph, new CompileOptions(OpCases.Height, OpCases.Width, [target]));
        using var pass = model.Forward(images, 1, withGradient: false);
        var activation = new float[model.TargetShapes[target].ElementCount];
        pass.CopyActivation(target, activation);
        return activation;
    }

    private static float[] Gradient(ICompiledModel model, string target, float[] images)
    {
        using var pass = model.Forward(images, 1, withGradient: true);
        var cotangent = Parity.RandomValues((int)model.TargetShapes[target].ElementCount, 2);
        var gradient = new float[images.Length];
        pass.Backward(new Dictionary<string, ReadOnlyMemory<float>> { [target] = cotangent }, gradient);
        return gradient;
    }

    private sealed class FailingOnce(IWeightStore inner) : IWeightStore
    {
        public bool Fails { get; set; }

        public string Digest => "failing-" + inner.Digest;

        public long StoredBytes => inner.StoredBytes;

        public bool Contains(string key) => inner.Contains(key);

        public IReadOnlyList<int> ShapeOf(string key) => inner.ShapeOf(key);

        public void Read(string key, Span<float> destination)
        {
            if (Fails)
            {
                throw new ModelFormatException("the file is gone");
            }

            inner.Read(key, destination);
        }

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Meters of one test alone.</summary>
    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _made = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _made.Add(new Meter(options));
            return _made[^1];
        }

        public void Dispose() => _made.ForEach(meter => meter.Dispose());
    }
}
