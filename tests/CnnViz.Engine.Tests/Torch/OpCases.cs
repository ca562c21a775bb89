using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>One small network per op and per rule of an op; the last layer is the target.</summary>
internal static partial class OpCases
{
    public const int Channels = 6;
    public const int Height = 12;
    public const int Width = 14;

    private static readonly Size2D _two = new(2, 2);
    private static readonly Size2D _three = new(3, 3);

    public static IReadOnlyDictionary<string, Action<GraphBuilder>> All { get; } = Create();

    public static ModelGraph Build(string name)
    {
        var builder = new GraphBuilder(Channels);
        All[name](builder);
        return builder.Build(Height, Width);
    }

    private static Dictionary<string, Action<GraphBuilder>> Create()
    {
        var cases = new Dictionary<string, Action<GraphBuilder>>(StringComparer.Ordinal);
        AddConvolutions(cases);
        AddTransposedConvolutions(cases);
        AddDenseAndNormalization(cases);
        AddActivations(cases);
        AddPools(cases);
        AddPoolRules(cases);
        AddPads(cases);
        AddElementwise(cases);
        AddShapes(cases);
        AddResizes(cases);
        cases["residual blocks"] = Residual;
        return cases;
    }

    private static void AddConvolutions(Dictionary<string, Action<GraphBuilder>> cases)
    {
        void Conv(string name, Conv2DOp op, WeightLayout layout, int[] shape, int outputs) => cases.Add(
            $"conv {name}",
            b => b.AddWeighted(op, outputs == 0 ? [("kernel", layout, shape)] : [("kernel", layout, shape), ("bias", WeightLayout.Plain, [outputs])]));

        Conv("3x3 OIHW", new(Size2D.One, Size2D.One, Padding2D.Uniform(1)), WeightLayout.Oihw, [8, 6, 3, 3], 8);
        Conv("3x3 HWIO without bias", new(Size2D.One, Size2D.One, Padding2D.Uniform(1)), WeightLayout.Hwio, [3, 3, 6, 8], 0);
        Conv("1x1", new(Size2D.One, Size2D.One, Padding2D.None), WeightLayout.Oihw, [8, 6, 1, 1], 8);
        Conv("asymmetric padding, stride 2", new(_two, Size2D.One, new(0, 1, 0, 1)), WeightLayout.Hwio, [3, 3, 6, 8], 8);
        Conv("uneven padding, kernel and stride", new(new(1, 2), Size2D.One, new(2, 2, 1, 1)), WeightLayout.Oihw, [5, 6, 5, 3], 5);
        Conv("dilation", new(Size2D.One, new(2, 3), new(2, 2, 3, 3)), WeightLayout.Oihw, [4, 6, 3, 3], 4);
        Conv("groups", new(Size2D.One, Size2D.One, Padding2D.Uniform(1), 2), WeightLayout.Oihw, [8, 3, 3, 3], 8);
        Conv("depthwise HWIM, multiplier 2", new(Size2D.One, Size2D.One, Padding2D.Uniform(1), 6) { Depthwise = true }, WeightLayout.Hwim, [3, 3, 6, 2], 12);
        Conv("depthwise 5x5, stride 2", new(_two, Size2D.One, new(1, 2, 1, 2), 6) { Depthwise = true }, WeightLayout.Hwim, [5, 5, 6, 1], 6);
    }

    private static void AddDenseAndNormalization(Dictionary<string, Action<GraphBuilder>> cases)
    {
        cases["dense (in, out)"] = b =>
        {
            b.Add(new GlobalPool2DOp(PoolKind.Average, false));
            b.AddWeighted(new DenseOp(), [("kernel", WeightLayout.Plain, [6, 9]), ("bias", WeightLayout.Plain, [9])]);
        };
        cases["dense (out, in) over the last axis of a map"] = b =>
            b.AddWeighted(new DenseOp(), [("kernel", WeightLayout.OutIn, [9, Width])]);
        (string, WeightLayout, int[])[] statistics =
            [("moving_mean", WeightLayout.Plain, [6]), ("moving_variance", WeightLayout.Plain, [6])];
        cases["batch normalization"] = b => b.AddWeighted(
            new BatchNormalizationOp(1e-3f), [("gamma", WeightLayout.Plain, [6]), ("beta", WeightLayout.Plain, [1, 6]), .. statistics]);
        cases["batch normalization without gamma and beta"] = b => b.AddWeighted(new BatchNormalizationOp(1e-5f), statistics);
        cases["batch normalization of features"] = b =>
        {
            b.Add(new GlobalPool2DOp(PoolKind.Max, false));
            b.AddWeighted(new BatchNormalizationOp(1e-3f), [("gamma", WeightLayout.Plain, [6]), .. statistics]);
        };
    }

    private static void AddPools(Dictionary<string, Action<GraphBuilder>> cases)
    {
        foreach (var kind in Enum.GetValues<PoolKind>())
        {
            cases[$"pool {kind} 2x2"] = b => b.Add(new Pool2DOp(kind, _two, _two, Padding2D.None));
            cases[$"pool {kind} 3x3, padding 1"] = b => b.Add(new Pool2DOp(kind, _three, _two, Padding2D.Uniform(1)));
            cases[$"pool {kind} asymmetric"] = b => b.Add(new Pool2DOp(kind, _three, _two, new(0, 1, 0, 1)));
            cases[$"pool {kind} wide padding"] = b => b.Add(new Pool2DOp(kind, new(3, 4), new(1, 3), new(2, 2, 3, 3)));
            cases[$"global pool {kind}"] = b => b.Add(new GlobalPool2DOp(kind, false));
            cases[$"global pool {kind}, kept axes"] = b => b.Add(new GlobalPool2DOp(kind, true));
        }
    }

    private static void AddShapes(Dictionary<string, Action<GraphBuilder>> cases)
    {
        cases["concatenate channels"] = b => b.Add(new ConcatenateOp(), b.Conv(6, 3, 1), "input", b.Conv(6, 2, 3, 1, 1, "input"));
        cases["concatenate columns"] = b => b.Add(new ConcatenateOp(-1), "input", b.Conv(6, 6, 1));
        cases["slice channels"] = b => b.Add(new SliceOp(0, 2, 3));
        cases["slice rows"] = b => b.Add(new SliceOp(-2, 1, 7));
        cases["slice every third row"] = b => b.Add(new SliceOp(1, 1, 4, 3));
        cases["slice columns backwards"] = b => b.Add(new SliceOp(-1, 12, 6, -2));
        cases["mean over rows"] = b => b.Add(new ReduceMeanOp(KeepDims: false, 1));
        cases["mean over channels and columns, kept axes"] = b => b.Add(new ReduceMeanOp(KeepDims: true, 0, -1));
        cases["mean over everything"] = b => b.Add(new ReduceMeanOp(KeepDims: false, 0, 1, 2));
        cases["reshape"] = b => b.Add(new ReshapeOp(0, -1));
        cases["shuffle channels"] = b =>
        {
            b.Add(new ReshapeOp(2, 3, Height, Width));
            b.Add(new TransposeOp(1, 0, 2, 3));
            b.Add(new ReshapeOp(6, Height, Width));
            b.Conv(6, 4, 3);
        };
        cases["transpose"] = b => b.Add(new TransposeOp(2, 0, 1));
        cases["flatten in Keras' order"] = b => b.Add(new FlattenOp(true));
        cases["flatten"] = b => b.Add(new FlattenOp(false));
    }

    private static void AddResizes(Dictionary<string, Action<GraphBuilder>> cases)
    {
        void Resize(ResizeOp op) => cases.Add(
            $"resize {op.Kind} {op.Coordinates} {op.ScaleHeight}x{op.ScaleWidth} {op.Rounding}", b => b.Add(op));

        foreach (var kind in Enum.GetValues<ResizeKind>())
        {
            foreach (var coordinates in Enum.GetValues<ResizeCoordinates>())
            {
                foreach (var (height, width) in new[] { (2.0, 2.0), (0.5, 0.5), (3, 0.5), (1.5, 1.3), (0.7, 2.6), (1.0 / Height, 2) })
                {
                    Resize(new ResizeOp(kind, height, width, coordinates));
                }
            }
        }

        foreach (var rounding in Enum.GetValues<NearestRounding>().Where(rounding => rounding != NearestRounding.Usual))
        {
            Resize(new ResizeOp(ResizeKind.Nearest, 2, 0.5, ResizeCoordinates.Asymmetric, rounding));
            Resize(new ResizeOp(ResizeKind.Nearest, 2, 0.5, ResizeCoordinates.HalfPixel, rounding));
            Resize(new ResizeOp(ResizeKind.Nearest, 0.7, 2.6, ResizeCoordinates.AlignCorners, rounding));
        }
    }

    /// <summary>
    /// Convolutions, normalization, activations in place, a branch that must not be overwritten, and a deep end.
    /// </summary>
    private static void Residual(GraphBuilder b)
    {
        for (var block = 0; block < 3; block++)
        {
            var entry = b.Last;
            b.Conv(6, 10, 3);
            b.AddWeighted(
                new BatchNormalizationOp(1e-3f),
                [("moving_mean", WeightLayout.Plain, [10]), ("moving_variance", WeightLayout.Plain, [10])]);
            b.Add(new ActivationOp(ActivationKind.Relu));
            b.Conv(10, 6, 3);
            var sum = b.Add(new BinaryOp(BinaryKind.Add), b.Last, entry);
            var active = b.Add(new ActivationOp(ActivationKind.LeakyRelu, 0.1f), sum);
            b.Add(new BinaryOp(BinaryKind.Multiply), sum, active);
            b.Conv(6, 6, 1);
            b.Add(new ActivationOp(ActivationKind.Relu6));
        }

        b.Add(new FlattenOp(true));
        b.AddWeighted(
            new DenseOp(), [("kernel", WeightLayout.Plain, [Channels * Height * Width, 20]), ("bias", WeightLayout.Plain, [20])]);
    }
}
