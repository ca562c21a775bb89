using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Which element of a smaller tensor each element of a larger one takes; extents of 1 repeat, and axes align at the last.</summary>
internal sealed class Broadcast
{
    private readonly int[]? _places;

    private Broadcast(int[]? places) => _places = places;

    public int this[int element] => _places is null ? element : _places[element];

    public static Broadcast From(IReadOnlyList<int> shape, TensorShape output)
    {
        if (shape.SequenceEqual(output.Dims))
        {
            return new Broadcast(null);
        }

        var strides = new int[output.Rank];
        var stride = 1;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            strides[output.Rank - shape.Count + i] = shape[i] == 1 ? 0 : stride;
            stride *= shape[i];
        }

        return new Broadcast(Strided.Places(output.Dims, strides, 0));
    }
}

/// <summary>Positions on a grid.</summary>
internal static class Strided
{
    /// <summary>For each element of a tensor, in row-major order, start + the sum of index x stride.</summary>
    public static int[] Places(IReadOnlyList<int> extents, IReadOnlyList<int> strides, int start)
    {
        int[] places = [start];
        for (var axis = 0; axis < extents.Count; axis++)
        {
            var next = new int[places.Length * extents[axis]];
            for (var i = 0; i < next.Length; i++)
            {
                var (outer, index) = Math.DivRem(i, extents[axis]);
                next[i] = places[outer] + (index * strides[axis]);
            }

            places = next;
        }

        return places;
    }

    /// <summary>The strides of a row-major tensor.</summary>
    public static int[] RowMajor(TensorShape shape)
    {
        var strides = new int[shape.Rank];
        var stride = 1;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }
}

/// <summary>A tensor as (outer, axis, inner).</summary>
internal readonly record struct AxisView(int Outer, int Extent, int Inner)
{
    public static AxisView Of(TensorShape shape, int axis)
    {
        axis = axis < 0 ? axis + shape.Rank : axis;
        return new AxisView(Product(shape.Dims[..axis]), shape[axis], Product(shape.Dims[(axis + 1)..]));
    }

    private static int Product(IEnumerable<int> extents) => extents.Aggregate(1, (product, extent) => checked(product * extent));
}
