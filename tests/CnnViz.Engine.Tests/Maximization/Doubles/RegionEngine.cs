using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>
/// Another engine's results, without what lies outside <see cref="CompileOptions.Regions"/>: activations there are NaN, and
/// cotangents there, which must be 0, are dropped. With <paramref name="whole"/> regions are ignored.
/// </summary>
internal sealed class RegionEngine(IEngine inner, bool whole) : IEngine
{
    public string Name => inner.Name;

    public string Device => inner.Device;

    public string Precision => inner.Precision;

    public int Threads => inner.Threads;

    public int Lanes => inner.Lanes;

    /// <summary>The regions of the first model that had any.</summary>
    public IReadOnlyDictionary<string, CellRegion>? First { get; private set; }

    public ICompiledModel Compile(ModelGraph graph, CompileOptions options)
    {
        First ??= options.Regions;
        var model = inner.Compile(graph, options with { Regions = null });
        return whole || options.Regions is null ? model : new Model(model, options.Regions);
    }

    /// <summary>Calls for each value outside a region.</summary>
    private static void Outside(
        IReadOnlyDictionary<string, CellRegion> regions, string layer, TensorShape shape, int length, Action<int> visit)
    {
        if (!regions.TryGetValue(layer, out var region))
        {
            return;
        }

        for (var i = 0; i < length; i++)
        {
            var (y, x) = (i / shape.Width % shape.Height, i % shape.Width);
            if (y < region.Top || y >= region.Bottom || x < region.Left || x >= region.Right)
            {
                visit(i);
            }
        }
    }

    private sealed class Model(ICompiledModel inner, IReadOnlyDictionary<string, CellRegion> regions) : ICompiledModel
    {
        public TensorShape InputShape => inner.InputShape;

        public IReadOnlyDictionary<string, TensorShape> TargetShapes => inner.TargetShapes;

        public int Threads => inner.Threads;

        public string Precision => inner.Precision;

        public int PreferredBatch => inner.PreferredBatch;

        public long EstimatedBytesPerImage => inner.EstimatedBytesPerImage;

        public IForwardPass Forward(ReadOnlySpan<float> images, int batch, bool withGradient) =>
            new Pass(inner.Forward(images, batch, withGradient), this, regions);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Pass(IForwardPass inner, Model model, IReadOnlyDictionary<string, CellRegion> regions) : IForwardPass
    {
        public int Batch => inner.Batch;

        public void CopyActivation(string layer, Span<float> destination)
        {
            inner.CopyActivation(layer, destination);
            var outside = new List<int>();
            Outside(regions, layer, model.TargetShapes[layer], destination.Length, outside.Add);
            foreach (var i in outside)
            {
                destination[i] = float.NaN;
            }
        }

        public void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient)
        {
            foreach (var (layer, cotangent) in cotangents)
            {
                Outside(regions, layer, model.TargetShapes[layer], cotangent.Length, i => Assert.Equal(0, cotangent.Span[i]));
            }

            inner.Backward(cotangents, inputGradient);
        }

        public void Dispose() => inner.Dispose();
    }
}
