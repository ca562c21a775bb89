using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Each output takes one value of the input, or a constant.</summary>
/// <param name="places">The input's element for each output; -1 for the constant.</param>
/// <param name="constant">The constant.</param>
internal sealed class GatherPlainOp(int[] places, float constant) : PlainOp
{
    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var x = inputs[0].Values;
        var y = output.Values;
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = places[i] < 0 ? constant : x[places[i]];
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        result.Clear();
        for (var i = 0; i < g.Length; i++)
        {
            if (places[i] >= 0)
            {
                result[places[i]] += g[i];
            }
        }
    }
}

/// <summary>Makes gathers.</summary>
internal static class Gathers
{
    public static GatherPlainOp Transpose(TransposeOp op, TensorShape input)
    {
        var strides = Strided.RowMajor(input);
        return new GatherPlainOp(
            Strided.Places(
                [.. op.Permutation.Select(axis => input[axis])], [.. op.Permutation.Select(axis => strides[axis])], 0),
            0);
    }

    public static GatherPlainOp Slice(SliceOp op, TensorShape input, TensorShape output)
    {
        var strides = Strided.RowMajor(input);
        var axis = op.Axis < 0 ? op.Axis + input.Rank : op.Axis;
        var start = op.Start * strides[axis];
        strides[axis] *= op.Step;
        return new GatherPlainOp(Strided.Places(output.Dims, strides, start), 0);
    }

    public static GatherPlainOp Pad(Pad2DOp op, TensorShape input, TensorShape output)
    {
        var places = new int[output.ElementCount];
        var i = 0;
        for (var channel = 0; channel < output.Channels; channel++)
        {
            for (var row = 0; row < output.Height; row++)
            {
                var y = Source(op.Mode, row - op.Padding.Top, input.Height);
                for (var column = 0; column < output.Width; column++)
                {
                    var x = Source(op.Mode, column - op.Padding.Left, input.Width);
                    places[i++] = y < 0 || x < 0 ? -1 : (((channel * input.Height) + y) * input.Width) + x;
                }
            }
        }

        return new GatherPlainOp(places, op.Value);
    }

    /// <summary>For each element, the element of the reduced tensor that it belongs to.</summary>
    public static int[] MeanGroups(TensorShape input, IReadOnlyList<int> axes)
    {
        var reduced = axes.Select(axis => axis < 0 ? axis + input.Rank : axis).ToHashSet();
        var strides = new int[input.Rank];
        var stride = 1;
        for (var axis = input.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = reduced.Contains(axis) ? 0 : stride;
            stride *= reduced.Contains(axis) ? 1 : input[axis];
        }

        return Strided.Places(input.Dims, strides, 0);
    }

    private static int Source(PadMode mode, int at, int extent) => mode switch
    {
        PadMode.Edge => Math.Clamp(at, 0, extent - 1),
        PadMode.Reflect when at < 0 => -at,
        PadMode.Reflect when at >= extent => (2 * (extent - 1)) - at,
        _ => at >= 0 && at < extent ? at : -1,
    };
}
