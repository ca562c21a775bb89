using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Ops that work cell by cell.</summary>
internal static partial class OpCases
{
    private static void AddActivations(Dictionary<string, Action<GraphBuilder>> cases)
    {
        foreach (var kind in Enum.GetValues<ActivationKind>())
        {
            cases[$"activation {kind}"] = b =>
            {
                Before(b, kind);
                b.Add(new ActivationOp(kind));
            };
        }

        void With(string name, ActivationOp op) => cases.Add(
            $"activation {op.Kind} {name}",
            b =>
            {
                Before(b, op.Kind);
                b.Add(op);
            });

        With("with slope 0.1", new(ActivationKind.LeakyRelu, 0.1f));
        With("with a negative slope", new(ActivationKind.LeakyRelu, -0.2f));
        With("with scale 0.7", new(ActivationKind.Elu, 0.7f));
        With("with parameters of its own", new(ActivationKind.Selu, 1.3f, 0.6f));
        With("with alpha 0.7", new(ActivationKind.Celu, 0.7f));
        With("as ONNX", new(ActivationKind.HardSigmoid, 0.2f));
        With("with an offset of 0.3", new(ActivationKind.HardSigmoid, 0.2f, 0.3f));
        With("with threshold -0.4", new(ActivationKind.ThresholdedRelu, -0.4f));

        void PRelu(string name, params int[] alpha) => cases.Add(
            $"prelu {name}", b => b.AddWeighted(new PReluOp(), [("alpha", WeightLayout.Plain, alpha)]));

        PRelu("per channel", Channels, 1, 1);
        PRelu("with one slope");
        PRelu("with one slope in a vector", 1);
        PRelu("per cell", Channels, Height, Width);
        PRelu("per column", Width);
        cases["prelu of features"] = b =>
        {
            b.Add(new GlobalPool2DOp(PoolKind.Average, false));
            b.AddWeighted(new PReluOp(), [("alpha", WeightLayout.Plain, [Channels])]);
        };

        cases["clip"] = b => b.Add(new ClipOp(-0.5f, 0.25f));
        cases["clip from below"] = b => b.Add(new ClipOp(-0.5f, float.PositiveInfinity));
        cases["clip from above"] = b => b.Add(new ClipOp(float.NegativeInfinity, 0.25f));
        cases["dropout"] = b => b.Add(new DropoutOp(0.5f));
        cases["softmax of features"] = b =>
        {
            b.Add(new GlobalPool2DOp(PoolKind.Max, false));
            b.Add(new SoftmaxOp());
        };
        cases["softmax over channels"] = b => b.Add(new SoftmaxOp(0));
    }

    /// <summary>Values that reach every branch of an activation, and only those it is defined for.</summary>
    private static void Before(GraphBuilder b, ActivationKind kind)
    {
        b.Conv(6, 6, 1);
        if (kind is ActivationKind.Log or ActivationKind.Sqrt)
        {
            Positive(b);
        }
        else if (kind is not ActivationKind.Exp)
        {
            // Images are in [-1, 1]: times 8.
            b.Add(new BinaryOp(BinaryKind.Add), b.Last, b.Last);
            b.Add(new BinaryOp(BinaryKind.Add), b.Last, b.Last);
            b.Add(new BinaryOp(BinaryKind.Add), b.Last, b.Last);
        }
    }

    private static string Positive(GraphBuilder b)
    {
        b.Add(new ActivationOp(ActivationKind.Abs));
        return b.AddWeighted(new BinaryOp(BinaryKind.Add), [("constant", WeightLayout.Plain, [])]);
    }

    private static void AddElementwise(Dictionary<string, Action<GraphBuilder>> cases)
    {
        foreach (var kind in Enum.GetValues<BinaryKind>())
        {
            // A power's base must be positive, else it is not a number.
            var positive = kind == BinaryKind.Power;
            cases[$"{kind} of two maps"] = b =>
            {
                b.Conv(6, 6, 1);
                var left = positive ? Positive(b) : b.Last;
                var shifted = b.AddWeighted(new BinaryOp(BinaryKind.Add), [("constant", WeightLayout.Plain, [])], "input");
                var right = b.AddWeighted(new BinaryOp(BinaryKind.Add), [("constant", WeightLayout.Plain, [6, 1, 1])], shifted);
                b.Add(new BinaryOp(kind), left, right);
            };
            cases[$"{kind} with a constant"] = b =>
            {
                var left = positive ? Positive(b) : b.Last;
                b.AddWeighted(new BinaryOp(kind), [("constant", WeightLayout.Plain, [6, 1, 1])], left);
            };
            cases[$"{kind} of a constant first"] = b =>
            {
                b.AddWeighted(new BinaryOp(BinaryKind.Add), [("constant", WeightLayout.Plain, [])]);
                b.AddWeighted(new BinaryOp(BinaryKind.Add), [("constant", WeightLayout.Plain, [Width])]);
                b.AddWeighted(new BinaryOp(kind, ConstantFirst: true), [("constant", WeightLayout.Plain, [1, 1, 1])]);
            };
        }

        cases["multiply a map by its channels' scale"] = b =>
        {
            var scale = b.Add(new GlobalPool2DOp(PoolKind.Average, true));
            b.Add(new BinaryOp(BinaryKind.Multiply), "input", scale);
        };
        cases["add maps of different rank"] = b =>
        {
            var row = b.Add(new ReshapeOp(Channels * Height, Width));
            var features = b.Add(new SliceOp(0, 3, 1), row);
            var flat = b.Add(new ReshapeOp(-1), features);
            b.Add(new BinaryOp(BinaryKind.Add), "input", flat);
        };
    }
}
