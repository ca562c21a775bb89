namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Reorders the dimensions without moving data: result dimension i is this tensor's permutation[i].</summary>
        public Tensor permute(params long[] permutation)
        {
            fixed (long* p = permutation)
            {
                return Native.Wrap(Native.ts_permute(Valid, p, permutation.Length));
            }
        }

        /// <summary>The same elements in row-major order in another shape; one extent may be -1.</summary>
        public Tensor reshape(params long[] shape)
        {
            fixed (long* p = shape)
            {
                return Native.Wrap(Native.ts_reshape(Valid, p, shape.Length));
            }
        }

        /// <summary>A view of length indices of one dimension, from start.</summary>
        public Tensor narrow(long dim, long start, long length) => Native.Wrap(Native.ts_narrow(Valid, dim, start, length));

        /// <summary>The entries of one dimension that index (1-D, int64) lists.</summary>
        public Tensor index_select(long dim, Tensor index) => Native.Wrap(Native.ts_index_select(Valid, dim, index.Valid));

        /// <summary>The mean over some dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            if (type is { } wanted && wanted != dtype)
            {
                throw new NotImplementedException("mean keeps its input's type.");
            }

            fixed (long* p = dimensions)
            {
                return Native.Wrap(Native.ts_mean(Valid, p, dimensions.Length, Native.Flag(keepdim)));
            }
        }

        /// <summary>The maximum over some dimensions; equal maxima share the gradient.</summary>
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null)
        {
            if (@out is not null)
            {
                throw new NotImplementedException("amax returns a new tensor.");
            }

            fixed (long* p = dims)
            {
                return Native.Wrap(Native.ts_amax(Valid, p, dims.Length, Native.Flag(keepdim)));
            }
        }
    }
}
