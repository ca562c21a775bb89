using System.Numerics.Tensors;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>A scalar function of every value.</summary>
internal sealed class ElementwiseOp(ScalarFunction function) : PlainOp
{
    public override bool ReadsInputs => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var x = inputs[0].Values;
        var y = output.Values;
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = (float)function.Value(x[i]);
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var x = inputs[0].Values;
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = g[i] == 0 ? 0 : (float)(g[i] * function.Slope(x[i]));
        }
    }
}

/// <summary>The values as they are: a reshape.</summary>
internal sealed class CopyPlainOp : PlainOp
{
    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output) => inputs[0].Values.CopyTo(output.Values);

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
        => outputGradient.Values.CopyTo(inputGradients[0].Values);
}

/// <summary>scale x + shift per index of the first axis.</summary>
internal sealed class AffinePlainOp(float[] scale, float[] shift, int perChannel) : PlainOp
{
    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        for (var channel = 0; channel < scale.Length; channel++)
        {
            var y = output.Values.Slice(channel * perChannel, perChannel);
            TensorPrimitives.Multiply(inputs[0].Values.Slice(channel * perChannel, perChannel), scale[channel], y);
            TensorPrimitives.Add(y, shift[channel], y);
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        for (var channel = 0; channel < scale.Length; channel++)
        {
            TensorPrimitives.Multiply(
                outputGradient.Values.Slice(channel * perChannel, perChannel),
                scale[channel],
                inputGradients[0].Values.Slice(channel * perChannel, perChannel));
        }
    }
}

/// <summary>x where x is above 0, else slope x.</summary>
internal sealed class PReluPlainOp(Broadcast slopes, float[] alpha) : PlainOp
{
    public override bool ReadsInputs => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var x = inputs[0].Values;
        var y = output.Values;
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = x[i] > 0 ? x[i] : alpha[slopes[i]] * x[i];
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var x = inputs[0].Values;
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] > 0 ? g[i] : alpha[slopes[i]] * g[i];
        }
    }
}

/// <summary>A function of two values, each of which may be broadcast or constant.</summary>
/// <param name="kind">The function.</param>
/// <param name="left">Which value of the left operand each output takes.</param>
/// <param name="right">Likewise.</param>
/// <param name="constantLeft">The left operand where it is a weight; else it is the first input.</param>
/// <param name="constantRight">The right operand where it is a weight; else it is the last input.</param>
internal sealed class BinaryPlainOp(BinaryKind kind, Broadcast left, Broadcast right, float[]? constantLeft, float[]? constantRight)
    : PlainOp
{
    public override bool ReadsInputs => kind is not (BinaryKind.Add or BinaryKind.Subtract);

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var a = constantLeft ?? inputs[0].Values;
        var b = constantRight ?? inputs[^1].Values;
        var y = output.Values;
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = Value(a[left[i]], b[right[i]]);
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var a = constantLeft ?? inputs[0].Values;
        var b = constantRight ?? inputs[^1].Values;
        var g = outputGradient.Values;
        var toLeft = constantLeft is null ? inputGradients[0].Values : default;
        var toRight = constantRight is null ? inputGradients[^1].Values : default;
        toLeft.Clear();
        toRight.Clear();
        for (var i = 0; i < g.Length; i++)
        {
            var (x, z) = ReadsInputs ? (a[left[i]], b[right[i]]) : default;
            var (slopeLeft, slopeRight) = Slopes(x, z);
            if (!toLeft.IsEmpty)
            {
                toLeft[left[i]] += g[i] * slopeLeft;
            }

            if (!toRight.IsEmpty)
            {
                toRight[right[i]] += g[i] * slopeRight;
            }
        }
    }

    private float Value(float a, float b) => kind switch
    {
        BinaryKind.Add => a + b,
        BinaryKind.Subtract => a - b,
        BinaryKind.Multiply => a * b,
        BinaryKind.Divide => a / b,
        BinaryKind.Power => MathF.Pow(a, b),
        BinaryKind.Maximum => MathF.Max(a, b),
        _ => MathF.Min(a, b),
    };

    private (float Left, float Right) Slopes(float a, float b) => kind switch
    {
        BinaryKind.Add => (1, 1),
        BinaryKind.Subtract => (1, -1),
        BinaryKind.Multiply => (b, a),
        BinaryKind.Divide => (1 / b, -a / (b * b)),
        BinaryKind.Power => (b == 0 ? 0 : b * MathF.Pow(a, b - 1), a == 0 && b >= 0 ? 0 : MathF.Pow(a, b) * MathF.Log(a)),
        BinaryKind.Maximum => a == b ? (0.5f, 0.5f) : a > b ? (1, 0) : (0, 1),
        _ => a == b ? (0.5f, 0.5f) : a < b ? (1, 0) : (0, 1),
    };
}
