namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions, on (N, C, H, W) unless stated otherwise.</summary>
        public static unsafe partial class functional
        {
            /// <summary>
            /// Cross-correlation; the weight is (out, in / groups, kh, kw). Strides and the like have one or two values.
            /// </summary>
            public static Tensor conv2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                long groups = 1)
            {
                strides ??= [1];
                padding ??= [0];
                dilation ??= [1];
                using var optional = new OptionalHandle(bias);
                fixed (long* s = strides, p = padding, d = dilation)
                {
                    return Native.Wrap(Native.ts_conv2d(
                        input.Valid, weight.Valid, optional.Pointer, s, strides.Length, p, padding.Length, d, dilation.Length, groups));
                }
            }

            /// <summary>
            /// The gradient of conv2d with respect to its input; the weight is (in, out / groups, kh, kw). Padding is taken away
            /// from both sides, output padding added behind.
            /// </summary>
            public static Tensor conv_transpose2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? output_padding = null,
                long[]? dilation = null,
                long groups = 1)
            {
                strides ??= [1, 1];
                padding ??= [0, 0];
                output_padding ??= [0, 0];
                dilation ??= [1, 1];
                using var optional = new OptionalHandle(bias);
                fixed (long* s = strides, p = padding, o = output_padding, d = dilation)
                {
                    return Native.Wrap(Native.ts_conv_transpose2d(
                        input.Valid,
                        weight.Valid,
                        optional.Pointer,
                        s,
                        strides.Length,
                        p,
                        padding.Length,
                        o,
                        output_padding.Length,
                        d,
                        dilation.Length,
                        groups));
                }
            }

            /// <summary>The last dimension times the transpose of weights (out, in), plus bias.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                using var optional = new OptionalHandle(bias);
                return Native.Wrap(Native.ts_linear(input.Valid, weights.Valid, optional.Pointer));
            }

            /// <summary>Normalization per channel (dimension 1); outside training by the running statistics.</summary>
            public static Tensor batch_norm(
                Tensor input,
                Tensor? running_mean,
                Tensor? running_var,
                Tensor? weight = null,
                Tensor? bias = null,
                bool training = false,
                double momentum = 0.1,
                double eps = 1e-5)
            {
                using var mean = new OptionalHandle(running_mean);
                using var variance = new OptionalHandle(running_var);
                using var scale = new OptionalHandle(weight);
                using var shift = new OptionalHandle(bias);
                return Native.Wrap(Native.ts_batch_norm(
                    input.Valid, mean.Pointer, variance.Pointer, scale.Pointer, shift.Pointer, Native.Flag(training), momentum, eps));
            }

            /// <summary>The maximum of each window; padding, at most half the kernel, counts as minus infinity.</summary>
            public static Tensor max_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                bool ceil_mode = false)
            {
                strides ??= kernel_size;
                padding ??= [0];
                dilation ??= [1];
                fixed (long* k = kernel_size, s = strides, p = padding, d = dilation)
                {
                    return Native.Wrap(Native.ts_max_pool2d(
                        input.Valid,
                        k,
                        kernel_size.Length,
                        s,
                        strides.Length,
                        p,
                        padding.Length,
                        d,
                        dilation.Length,
                        Native.Flag(ceil_mode)));
                }
            }

            /// <summary>
            /// The mean of each window; zero padding, at most half the kernel, counts unless count_include_pad is false.
            /// </summary>
            public static Tensor avg_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? stride = null,
                long[]? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null)
            {
                stride ??= kernel_size;
                padding ??= [0];
                fixed (long* k = kernel_size, s = stride, p = padding)
                {
                    return Native.Wrap(Native.ts_avg_pool2d(
                        input.Valid,
                        k,
                        kernel_size.Length,
                        s,
                        stride.Length,
                        p,
                        padding.Length,
                        Native.Flag(ceil_mode),
                        Native.Flag(count_include_pad),
                        divisor_override ?? 0));
                }
            }

            /// <summary>
            /// Adds cells before and after the last dimensions: (last before, last after, one but last before, ...).
            /// </summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                var name = mode switch
                {
                    PaddingModes.Reflect => "reflect",
                    PaddingModes.Replicate => "replicate",
                    PaddingModes.Circular => "circular",
                    _ => "constant",
                };
                fixed (long* p = pad)
                {
                    return Native.Wrap(Native.ts_pad(input.Valid, p, pad.Length, name, mode == PaddingModes.Zeros ? 0 : value));
                }
            }

            /// <summary>
            /// Resizes to a size (height, width), or by scale factors, which then enter the coordinates as they are. This build
            /// has the modes Nearest, Bilinear and NearestExact.
            /// </summary>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false)
            {
                if (recompute_scale_factor || antialias)
                {
                    throw new NotImplementedException("interpolate neither recomputes scale factors nor anti-aliases here.");
                }

                fixed (long* s = size)
                fixed (double* f = scale_factor)
                {
                    return Native.Wrap(Native.ts_interpolate(
                        x.Valid, s, size?.Length ?? 0, f, scale_factor?.Length ?? 0, (int)mode, Native.Flag(align_corners ?? false)));
                }
            }
        }
    }
}
