using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>The graph that goes with <see cref="AnalyticModel"/>: a BGR input with NanoDet's scaling, and one layer.</summary>
internal static class AnalyticGraph
{
    public static IReadOnlyList<float> Mean { get; } = [103.53f, 116.28f, 123.675f];

    public static IReadOnlyList<float> Std { get; } = [57.375f, 57.12f, 58.395f];

    public static ModelGraph Create(int sizeMultiple = 1, bool fixedSize = false)
    {
        var input = new InputSpec
        {
            Name = "image",
            Height = 32,
            Width = 32,
            Channels = 3,
            Order = ChannelOrder.Bgr,
            Mean = Mean,
            Std = Std,
            SizeMultiple = sizeMultiple,
            FixedSize = fixedSize,
        };
        var layers = new[]
        {
            new Layer { Name = "image", Op = new InputOp() },
            new Layer { Name = "features", Op = new UnsupportedOp("Analytic", "worked out by hand"), Inputs = ["image"] },
        };
        return new ModelGraph("analytic", input, layers, new NoWeights());
    }

    private sealed class NoWeights : IWeightStore
    {
        public string Digest => "";

        public long StoredBytes => 0;

        public bool Contains(string key) => false;

        public IReadOnlyList<int> ShapeOf(string key) => throw new KeyNotFoundException(key);

        public void Read(string key, Span<float> destination) => throw new KeyNotFoundException(key);

        public void Dispose()
        {
        }
    }
}
