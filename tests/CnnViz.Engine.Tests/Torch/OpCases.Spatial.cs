using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Transposed convolution, the rules of pooling, padding.</summary>
internal static partial class OpCases
{
    private static void AddTransposedConvolutions(Dictionary<string, Action<GraphBuilder>> cases)
    {
        void Transposed(string name, ConvTranspose2DOp op, WeightLayout layout, int[] shape, int outputs = 0) => cases.Add(
            $"transposed conv {name}",
            b =>
            {
                Odd(b);
                (string, WeightLayout, int[]) kernel = ("kernel", layout, shape);
                b.AddWeighted(op, outputs == 0 ? [kernel] : [kernel, ("bias", WeightLayout.Plain, [outputs])]);
            });

        Transposed("3x3 IOHW", new(Size2D.One, Size2D.One, Padding2D.None, 0, 0), WeightLayout.Iohw, [6, 4, 3, 3], 4);
        Transposed("2x2 HWOI, stride 2", new(_two, Size2D.One, Padding2D.None, 0, 0), WeightLayout.Hwoi, [2, 2, 4, 6], 4);
        Transposed("2x3 tiles, groups", new(new(2, 3), Size2D.One, Padding2D.None, 0, 0, 3), WeightLayout.Iohw, [6, 2, 2, 3], 6);
        Transposed("padding and output padding", new(_two, Size2D.One, Padding2D.Uniform(1), 1, 1), WeightLayout.Iohw, [6, 4, 3, 3], 4);
        Transposed("one side cut off", new(_two, Size2D.One, new(0, 1, 0, 1), 0, 0), WeightLayout.Hwoi, [3, 3, 5, 6], 5);
        Transposed("uneven in everything", new(new(3, 2), new(1, 2), new(2, 1, 0, 3), 1, 0), WeightLayout.Iohw, [6, 3, 4, 3]);
        Transposed("dilation", new(Size2D.One, new(2, 3), Padding2D.Uniform(2), 1, 2), WeightLayout.Iohw, [6, 4, 3, 2], 4);
        Transposed("groups", new(_two, Size2D.One, Padding2D.Uniform(1), 0, 1, 2), WeightLayout.Iohw, [6, 4, 3, 3], 8);
        Transposed("depthwise", new(_two, Size2D.One, new(1, 0, 0, 1), 0, 0, 6), WeightLayout.Iohw, [6, 1, 3, 3]);
        Transposed("1x1, stride 3", new(_three, Size2D.One, Padding2D.None, 2, 0), WeightLayout.Iohw, [6, 4, 1, 1], 4);
        cases["transposed conv, then in place"] = b =>
        {
            var op = new ConvTranspose2DOp(_two, Size2D.One, new(0, 1, 0, 1), 0, 0);
            b.AddWeighted(op, [("kernel", WeightLayout.Iohw, [6, 4, 3, 3])]);
            b.Add(new ActivationOp(ActivationKind.Relu));
            b.Conv(4, 3, 3, 2);
        };
    }

    private static void AddPoolRules(Dictionary<string, Action<GraphBuilder>> cases)
    {
        foreach (var kind in Enum.GetValues<PoolKind>())
        {
            void Pool(string name, Pool2DOp op) => cases.Add(
                $"pool {kind} {name}",
                b =>
                {
                    Odd(b);
                    b.Add(op);
                });

            Pool("rounded up", new(kind, _two, _two, Padding2D.None, CeilMode: true));
            Pool("rounded up, padding 1", new(kind, _three, _three, Padding2D.Uniform(1), CeilMode: true));
            Pool("rounded up, asymmetric", new(kind, new(3, 4), new(3, 5), new(0, 1, 2, 1), CeilMode: true));
            Pool("rounded up, last window behind the map", new(kind, _two, _three, Padding2D.Uniform(1), CeilMode: true));
            Pool("dilated", new(kind, new(3, 2), new(1, 2), Padding2D.None, Dilation: new(2, 3)));
            Pool("dilated, padded, rounded up", new(kind, _three, _two, new(1, 1, 0, 2), CeilMode: true, Dilation: new(3, 2)));
        }

        void Counting(string name, Pool2DOp op) => cases.Add(
            $"pool counting padding {name}",
            b =>
            {
                Odd(b);
                b.Add(op with { CountPadding = true });
            });

        Counting("3x3", new(PoolKind.Average, _three, _two, Padding2D.Uniform(1)));
        Counting("asymmetric", new(PoolKind.Average, _three, _two, new(0, 1, 2, 0)));
        Counting("rounded up", new(PoolKind.Average, _three, _three, Padding2D.Uniform(1), CeilMode: true));
        Counting("rounded up, asymmetric", new(PoolKind.Average, _two, new(2, 3), new(0, 1, 1, 0), CeilMode: true));
        Counting("dilated", new(PoolKind.Average, _three, _two, Padding2D.Uniform(1), Dilation: _two));
    }

    private static void AddPads(Dictionary<string, Action<GraphBuilder>> cases)
    {
        cases["pad mirrored"] = b => b.Add(new Pad2DOp(new(3, 0, 11, 2), Mode: PadMode.Reflect));
        cases["pad with the edge"] = b => b.Add(new Pad2DOp(new(0, 15, 1, 4), Mode: PadMode.Edge));
        cases["pad"] = b => b.Add(new Pad2DOp(new(1, 2, 3, 0)));
        cases["pad with 2.5"] = b => b.Add(new Pad2DOp(new(0, 1, 0, 1), 2.5f));
        cases["pad with minus infinity, then max pool"] = b =>
        {
            b.Add(new Pad2DOp(Padding2D.Uniform(1), float.NegativeInfinity));
            b.Add(new Pool2DOp(PoolKind.Max, _three, _two, Padding2D.None));
        };
    }

    /// <summary>An input of odd height and width: 11x13.</summary>
    private static void Odd(GraphBuilder b)
    {
        b.Add(new SliceOp(1, 0, 11));
        b.Add(new SliceOp(2, 1, 13));
    }
}
