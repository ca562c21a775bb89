using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Reads layers' weights from their store into the axis orders that plans take.</summary>
internal sealed class LayerWeights(IWeightStore store)
{
    /// <summary>A weight's values as they stand; null if the layer has none in that role.</summary>
    public float[]? Plain(Layer layer, string role) => layer.Weight(role) is { } weight ? Read(weight) : null;

    /// <summary>A convolution's kernel.</summary>
    public ConvKernel Convolution(Layer layer, int groups)
    {
        var weight = Required(layer, "kernel");
        var shape = KernelShape.Of(weight);
        return new ConvKernel(weight.Key, shape, groups, () => weight.Layout switch
        {
            WeightLayout.Oihw => Read(weight),
            WeightLayout.Hwio => Permute(Read(weight), weight.Shape, 3, 2, 0, 1),

            // Output channel c * multiplier + m reads input channel c.
            _ => Permute(Read(weight), weight.Shape, 2, 3, 0, 1),
        })
        {
            Bias = Plain(layer, "bias"),
        };
    }

    /// <summary>
    /// A transposed convolution's kernel, as that of the convolution whose gradient it is: (in, out/groups, kh, kw), where that
    /// convolution makes "in" channels. The bias is the transposed convolution's own.
    /// </summary>
    public ConvKernel Transposed(Layer layer, int groups)
    {
        var weight = Required(layer, "kernel");
        var shape = KernelShape.OfTransposed(weight, groups);
        var outer = new KernelShape(shape.InPerGroup * groups, shape.Out / groups, shape.Height, shape.Width);
        return new ConvKernel($"t:{weight.Key}", outer, groups, () => weight.Layout == WeightLayout.Iohw
            ? Read(weight)
            : Permute(Read(weight), weight.Shape, 3, 2, 0, 1))
        {
            Bias = Plain(layer, "bias"),
        };
    }

    /// <summary>A dense layer over one axis, as a 1x1 convolution.</summary>
    public ConvKernel Dense(Layer layer)
    {
        var weight = Required(layer, "kernel");
        var outFirst = weight.Layout == WeightLayout.OutIn;
        var (taken, made) = outFirst ? (weight.Shape[1], weight.Shape[0]) : (weight.Shape[0], weight.Shape[1]);
        return new ConvKernel(weight.Key, new KernelShape(made, taken, 1, 1), 1, () => outFirst
            ? Read(weight)
            : Permute(Read(weight), weight.Shape, 1, 0))
        {
            Bias = Plain(layer, "bias"),
        };
    }

    /// <summary>A batch normalization's factors and what it adds, per channel.</summary>
    public (float[] Scale, float[] Shift) Normalization(Layer layer, float epsilon)
    {
        var mean = Read(Required(layer, "moving_mean"));
        var variance = Read(Required(layer, "moving_variance"));
        var gamma = Plain(layer, "gamma");
        var beta = Plain(layer, "beta");
        var scale = new float[mean.Length];
        var shift = new float[mean.Length];
        for (var i = 0; i < mean.Length; i++)
        {
            var factor = (gamma?[i] ?? 1.0) / Math.Sqrt((double)variance[i] + epsilon);
            scale[i] = (float)factor;
            shift[i] = (float)((beta?[i] ?? 0.0) - (mean[i] * factor));
        }

        return (scale, shift);
    }

    private static LayerWeight Required(Layer layer, string role) => layer.Weight(role)
        ?? throw new CompileException($"layer '{layer.Name}' ({layer.Op.ClassName}) has no weight '{role}'");

    private static float[] Permute(float[] values, IReadOnlyList<int> shape, params ReadOnlySpan<int> order)
    {
        var rank = shape.Count;
        Span<int> strides = stackalloc int[rank];
        var stride = 1;
        for (var axis = rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        Span<int> extents = stackalloc int[rank];
        Span<int> steps = stackalloc int[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            (extents[axis], steps[axis]) = (shape[order[axis]], strides[order[axis]]);
        }

        var result = new float[values.Length];
        Span<int> at = stackalloc int[rank];
        at.Clear();
        var (last, inner) = (extents[^1], steps[^1]);
        for (var done = 0; done < result.Length; done += last)
        {
            var source = 0;
            for (var axis = 0; axis < rank - 1; axis++)
            {
                source += at[axis] * steps[axis];
            }

            for (var i = 0; i < last; i++)
            {
                result[done + i] = values[source + (i * inner)];
            }

            for (var axis = rank - 2; axis >= 0 && ++at[axis] == extents[axis]; axis--)
            {
                at[axis] = 0;
            }
        }

        return result;
    }

    private float[] Read(LayerWeight weight)
    {
        var values = new float[weight.ElementCount];
        store.Read(weight.Key, values);
        return values;
    }
}
