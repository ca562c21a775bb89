using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Means over groups of elements of equal size.</summary>
/// <param name="groups">Each element's group.</param>
/// <param name="count">Number of groups.</param>
internal sealed class MeanPlainOp(int[] groups, long count) : PlainOp
{
    private readonly float _share = (float)(count / (double)groups.Length);

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var x = inputs[0].Values;
        var y = output.Values;
        var sums = new double[y.Length];
        for (var i = 0; i < x.Length; i++)
        {
            sums[groups[i]] += x[i];
        }

        for (var i = 0; i < y.Length; i++)
        {
            y[i] = (float)(sums[i] * _share);
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = g[groups[i]] * _share;
        }
    }
}

/// <summary>The largest value of each channel; equal ones share the gradient.</summary>
internal sealed class GlobalMaxPlainOp(int channels) : PlainOp
{
    public override bool ReadsInputs => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var cells = inputs[0].Values.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            output.Values[channel] = System.Numerics.Tensors.TensorPrimitives.Max(inputs[0].Values.Slice(channel * cells, cells));
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var cells = inputs[0].Values.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var x = inputs[0].Values.Slice(channel * cells, cells);
            var result = inputGradients[0].Values.Slice(channel * cells, cells);
            var largest = System.Numerics.Tensors.TensorPrimitives.Max((ReadOnlySpan<float>)x);
            var share = outputGradient.Values[channel] / x.Count(largest);
            for (var i = 0; i < cells; i++)
            {
                result[i] = x[i] == largest ? share : 0;
            }
        }
    }
}

/// <summary>Softmax along an axis.</summary>
internal sealed class SoftmaxPlainOp(AxisView axis) : PlainOp
{
    public override bool ReadsOutput => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var x = inputs[0].Values;
        var y = output.Values;
        for (var line = 0; line < axis.Outer * axis.Inner; line++)
        {
            var start = Start(line);
            var largest = float.NegativeInfinity;
            for (var i = 0; i < axis.Extent; i++)
            {
                largest = Math.Max(largest, x[start + (i * axis.Inner)]);
            }

            double sum = 0;
            for (var i = 0; i < axis.Extent; i++)
            {
                sum += Math.Exp(x[start + (i * axis.Inner)] - (double)largest);
            }

            for (var i = 0; i < axis.Extent; i++)
            {
                y[start + (i * axis.Inner)] = (float)(Math.Exp(x[start + (i * axis.Inner)] - (double)largest) / sum);
            }
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var y = output.Values;
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        for (var line = 0; line < axis.Outer * axis.Inner; line++)
        {
            var start = Start(line);
            double dot = 0;
            for (var i = 0; i < axis.Extent; i++)
            {
                dot += (double)y[start + (i * axis.Inner)] * g[start + (i * axis.Inner)];
            }

            for (var i = 0; i < axis.Extent; i++)
            {
                var at = start + (i * axis.Inner);
                result[at] = (float)(y[at] * (g[at] - dot));
            }
        }
    }

    private int Start(int line) => (line / axis.Inner * axis.Extent * axis.Inner) + (line % axis.Inner);
}

/// <summary>Tensors behind each other along an axis.</summary>
internal sealed class ConcatPlainOp(AxisView[] parts) : PlainOp
{
    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        var done = 0;
        for (var outer = 0; outer < parts[0].Outer; outer++)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var length = parts[i].Extent * parts[i].Inner;
                inputs[i].Values.Slice(outer * length, length).CopyTo(output.Values[done..]);
                done += length;
            }
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var done = 0;
        for (var outer = 0; outer < parts[0].Outer; outer++)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var length = parts[i].Extent * parts[i].Inner;
                outputGradient.Values.Slice(done, length).CopyTo(inputGradients[i].Values[(outer * length)..]);
                done += length;
            }
        }
    }
}

/// <summary>Max pooling with windows of any size; the first of equals gets the gradient.</summary>
internal sealed class MaxPoolPlainOp(Pool2DOp op, TensorShape input, TensorShape shape) : PlainOp
{
    public override bool ReadsInputs => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        for (var i = 0; i < output.Values.Length; i++)
        {
            output.Values[i] = inputs[0].Values[Winner(inputs[0].Values, i)];
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var result = inputGradients[0].Values;
        result.Clear();
        for (var i = 0; i < outputGradient.Values.Length; i++)
        {
            result[Winner(inputs[0].Values, i)] += outputGradient.Values[i];
        }
    }

    private int Winner(ReadOnlySpan<float> x, int element)
    {
        var (row, column) = Math.DivRem(element % (shape.Height * shape.Width), shape.Width);
        var map = element / (shape.Height * shape.Width) * input.Height * input.Width;
        var dilation = op.Dilation ?? Size2D.One;
        var best = -1;
        for (var u = 0; u < op.Window.Height; u++)
        {
            var y = (row * op.Stride.Height) - op.Padding.Top + (u * dilation.Height);
            for (var v = 0; v < op.Window.Width && y >= 0 && y < input.Height; v++)
            {
                var z = (column * op.Stride.Width) - op.Padding.Left + (v * dilation.Width);
                if (z >= 0 && z < input.Width && (best < 0 || x[map + (y * input.Width) + z] > x[best]))
                {
                    best = map + (y * input.Width) + z;
                }
            }
        }

        return best;
    }
}

/// <summary>A matrix product over the last axis.</summary>
internal sealed class DensePlainOp : PlainOp
{
    private readonly float[] _matrix;
    private readonly float[]? _bias;
    private readonly int _taken;
    private readonly int _made;

    public DensePlainOp(Plan.ConvKernel kernel)
    {
        (_made, _taken, _bias) = (kernel.Shape.Out, kernel.Shape.InPerGroup, kernel.Bias);
        _matrix = kernel.Read();
    }

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
    {
        for (var line = 0; line < output.Values.Length / _made; line++)
        {
            var x = inputs[0].Values.Slice(line * _taken, _taken);
            for (var o = 0; o < _made; o++)
            {
                output.Values[(line * _made) + o] =
                    System.Numerics.Tensors.TensorPrimitives.Dot(x, _matrix.AsSpan(o * _taken, _taken)) + (_bias?[o] ?? 0);
            }
        }
    }

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        inputGradients[0].Values.Clear();
        for (var line = 0; line < outputGradient.Values.Length / _made; line++)
        {
            var result = inputGradients[0].Values.Slice(line * _taken, _taken);
            for (var o = 0; o < _made; o++)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                    _matrix.AsSpan(o * _taken, _taken), outputGradient.Values[(line * _made) + o], result, result);
            }
        }
    }
}
