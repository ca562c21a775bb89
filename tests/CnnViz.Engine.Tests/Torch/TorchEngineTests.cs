using CnnViz.Engine.Torch;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>
/// Compiling, limits, sharing and the contract of passes; the ops themselves are in <see cref="OpParityTests"/>.
/// </summary>
[Collection(Alone.Name)]
public sealed class TorchEngineTests
{
    private const int Size = 16;

    private static readonly TorchEngineOptions _cpu = new() { Device = "cpu", Threads = 2 };

    [Fact]
    public void Constructor_Cpu_NamesItself()
    {
        var engine = new TorchEngine(_cpu);
        Assert.Equal(("torch", "cpu", "fp32", 2), (engine.Name, engine.Device, engine.Precision, engine.Threads));
        Assert.InRange(new TorchEngine(new TorchEngineOptions { Device = "cpu" }).Threads, 1, Environment.ProcessorCount);
    }

    [Theory]
    [InlineData("abacus")]
    [InlineData("cuda:x")]
    public void Constructor_NoSuchDevice_Throws(string device)
        => Assert.Throws<ArgumentException>(() => new TorchEngine(new TorchEngineOptions { Device = device }));

    [Fact]
    public void Constructor_NumbersOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchEngine(_cpu with { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchEngine(_cpu with { MemoryLimitBytes = 5 }));
    }

    [Fact]
    public void Compile_UnknownTarget_NamesIt()
    {
        using var graph = Chain().Graph;
        var error = Assert.Throws<CompileException>(
            () => new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, ["nowhere"])));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        Assert.Throws<CompileException>(() => new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, [])));
    }

    [Fact]
    public void Compile_BehindAnUnsupportedOp_NamesOpAndReason()
    {
        var builder = new GraphBuilder(3);
        var before = builder.Conv(3, 4, 3);
        builder.Add(new UnsupportedOp("Frobnicate", "it is made up"));
        var behind = builder.Add(new ActivationOp(ActivationKind.Relu));
        using var graph = builder.Build(Size, Size);
        var engine = new TorchEngine(_cpu);
        var error = Assert.Throws<CompileException>(() => engine.Compile(graph, new CompileOptions(Size, Size, [behind])));
        Assert.Contains("Frobnicate", error.Message, StringComparison.Ordinal);
        Assert.Contains("it is made up", error.Message, StringComparison.Ordinal);
        using var model = engine.Compile(graph, new CompileOptions(Size, Size, [before]));
        Assert.Equal(new TensorShape(4, Size, Size), model.TargetShapes[before]);
        Assert.Equal(1, engine.CachedModels);
    }

    [Fact]
    public void Compile_OverTheMemoryLimit_NamesEstimateAndLimit()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        var engine = new TorchEngine(_cpu with { MemoryLimitBytes = 1 << 20 });
        var error = Assert.Throws<CompileException>(() => engine.Compile(graph, new CompileOptions(512, 512, [target])));
        Assert.Matches(@"512x512 pixels needs an estimated \d+ MiB for 1 image; the limit is 1 MiB", error.Message);
        Assert.Equal(0, engine.CachedModels);
    }

    [Fact]
    public void Forward_BatchOverTheMemoryLimit_Throws()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        using var model = new TorchEngine(_cpu with { MemoryLimitBytes = 1 << 20 }).Compile(
            graph, new CompileOptions(Size, Size, [target]));
        var batch = (int)((1 << 20) / model.EstimatedBytesPerImage) + 1;
        var images = new float[batch * 3 * Size * Size];
        Assert.Contains(
            "the limit is 1 MiB", Assert.Throws<CompileException>(() => model.Forward(images, batch, true)).Message,
            StringComparison.Ordinal);
        Assert.InRange(model.PreferredBatch, 1, batch - 1);
    }

    [Fact]
    public void EstimatedBytesPerImage_KnownLayers_IsTheirSum()
    {
        var builder = new GraphBuilder(3);
        var target = builder.Conv(3, 8, 3);
        builder.Conv(8, 100, 3);
        using var graph = builder.Build(Size, Size);
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, [target]));

        // Input 3 maps, output 8, and twice the larger for gradients; the layer behind the target counts for nothing.
        Assert.Equal((3 + 8 + (2 * 8)) * Size * Size * 4, model.EstimatedBytesPerImage);
    }

    [Fact]
    public void Compile_TwoModelsOfOneGraph_ReadsEachNeededWeightOnce()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        var store = (MemoryWeightStore)graph.Weights;
        var engine = new TorchEngine(_cpu);
        var first = engine.Compile(graph, new CompileOptions(Size, Size, ["layer_1"]));
        Assert.Equal(2, store.Reads);
        var second = engine.Compile(graph, new CompileOptions(Size * 2, Size, [target]));
        Assert.Equal(4, store.Reads);
        Assert.Equal(1, engine.CachedModels);
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, engine.CachedModels);
        using (var pass = second.Forward(new float[3 * Size * 2 * Size], 1, false))
        {
            Assert.Equal(1, pass.Batch);
        }

        second.Dispose();
        Assert.Equal(0, engine.CachedModels);
        Assert.Throws<ObjectDisposedException>(() => second.Forward(new float[3 * Size * 2 * Size], 1, false));
    }

    [Fact]
    public void Forward_SeveralTargets_EachEqualsItsOwnPass()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        var engine = new TorchEngine(_cpu);

        // layer_1 is a convolution whose only reader is a ReLU: alone it would be overwritten.
        string[] targets = ["input", "layer_1", "source/layer_2", target];
        using var model = engine.Compile(graph, new CompileOptions(Size, Size, targets));
        using var pass = model.Forward(Images(2), 2, withGradient: true);
        foreach (var name in targets)
        {
            using var single = engine.Compile(graph, new CompileOptions(Size, Size, [name]));
            using var singlePass = single.Forward(Images(2), 2, withGradient: false);
            Assert.Equal(Activation(single, singlePass, name), Activation(model, pass, name));
        }

        Assert.Equal(Images(2), Activation(model, pass, "input"));
        Assert.Contains(Activation(model, pass, "layer_1"), value => value < 0);
    }

    [Fact]
    public void Backward_SeveralTargets_IsTheSumOfTheirGradients()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, ["layer_1", target]));
        var both = Gradient(model, "layer_1", target);
        var first = Gradient(model, "layer_1");
        var second = Gradient(model, target);
        double[] sum = [.. first.Zip(second, (a, b) => (double)a + b)];
        Assert.InRange(Parity.RelativeError(both, sum), 0, 1e-6);
        Assert.All(Gradient(model), value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task ForwardAndBackward_AgainAndOnOtherThreads_GiveTheSameBits()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, [target]));
        var expected = Gradient(model, target);
        Assert.Equal(expected, Gradient(model, target));
        var others = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Gradient(model, target))));
        Assert.All(others, gradient => Assert.Equal(expected, gradient));
    }

    [Fact]
    public void Forward_WrongInput_Throws()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, [target]));
        Assert.Throws<ArgumentException>(() => model.Forward(new float[7], 1, false));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([], 0, false));
    }

    [Fact]
    public void Backward_AgainstTheContract_Throws()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(Size, Size, [target]));
        var count = (int)model.TargetShapes[target].ElementCount;
        var gradient = new float[3 * Size * Size];
        using (var forwardOnly = model.Forward(Images(1), 1, withGradient: false))
        {
            Assert.Throws<InvalidOperationException>(() => forwardOnly.Backward(Cotangents(target, count), gradient));
        }

        var pass = model.Forward(Images(1), 1, withGradient: true);
        Assert.Throws<ArgumentException>(() => pass.Backward(Cotangents("layer_1", count), gradient));
        Assert.Throws<ArgumentException>(() => pass.Backward(Cotangents(target, count + 1), gradient));
        Assert.Throws<ArgumentException>(() => pass.Backward(Cotangents(target, count), new float[1]));
        Assert.Throws<ArgumentException>(() => pass.CopyActivation(target, new float[1]));
        pass.Backward(Cotangents(target, count), gradient);
        Assert.Throws<InvalidOperationException>(() => pass.Backward(Cotangents(target, count), gradient));
        pass.Dispose();
        pass.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pass.CopyActivation(target, new float[count]));
    }

    [Fact]
    public void ForwardAndBackward_ManyTimes_LeaveMemoryFlat()
    {
        var (graph, target) = Chain();
        using var owned = graph;
        const int large = 256;
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(large, large, [target]));
        var images = new float[2 * 3 * large * large];
        var cotangents = Cotangents(target, 2 * (int)model.TargetShapes[target].ElementCount);
        void Step()
        {
            using var pass = model.Forward(images, 2, withGradient: true);
            pass.Backward(cotangents, images);
        }

        for (var i = 0; i < 10; i++)
        {
            Step();
        }

        var before = Environment.WorkingSet;
        for (var i = 0; i < 60; i++)
        {
            Step();
        }

        // A pass takes over 20 MiB; one kept in four would show.
        Assert.InRange(2 * model.EstimatedBytesPerImage, 20L << 20, long.MaxValue);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 128L << 20);
    }

    private static (ModelGraph Graph, string Target) Chain()
    {
        var builder = new GraphBuilder(3);
        builder.Conv(3, 12, 3);
        builder.Add(new ActivationOp(ActivationKind.Relu));
        builder.Add(new Pool2DOp(PoolKind.Max, new Size2D(2, 2), new Size2D(2, 2), Padding2D.None));
        var target = builder.Conv(12, 10, 3);
        builder.Conv(10, 10, 3);
        return (builder.Build(Size, Size), target);
    }

    private static float[] Images(int batch) => Parity.RandomValues(batch * 3 * Size * Size, 5);

    private static Dictionary<string, ReadOnlyMemory<float>> Cotangents(string target, int count)
        => new() { [target] = Parity.RandomValues(count, 6) };

    private static float[] Activation(ICompiledModel model, IForwardPass pass, string target)
    {
        var values = new float[pass.Batch * model.TargetShapes[target].ElementCount];
        pass.CopyActivation(target, values);
        return values;
    }

    private static float[] Gradient(ICompiledModel model, params string[] targets)
    {
        using var pass = model.Forward(Images(2), 2, withGradient: true);
        var cotangents = targets.ToDictionary(
            target => target, target => (ReadOnlyMemory<float>)Parity.RandomValues(2 * (int)model.TargetShapes[target].ElementCount, 6));
        var gradient = new float[2 * 3 * Size * Size];
        pass.Backward(cotangents, gradient);
        return gradient;
    }
}
