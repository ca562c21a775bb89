namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Activations as functions, on any shape.</summary>
        public static unsafe partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => Activation(0, x, 0, inplace);

            public static Tensor relu6(Tensor x, bool inplace = false) => Activation(1, x, 0, inplace);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                => Activation(2, input, negative_slope, inplace);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => Activation(3, x, alpha, inplace);

            /// <summary>clamp(x / 6 + 1 / 2, 0, 1).</summary>
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => Activation(6, input, 0, inplace);

            /// <summary>x * hardsigmoid(x).</summary>
            public static Tensor hardswish(Tensor input, bool inplace = false) => Activation(7, input, 0, inplace);

            public static Tensor silu(Tensor x, bool inplace = false) => Activation(8, x, 0, inplace);

            /// <summary>x where x is above 0, else alpha (exp(x / alpha) - 1).</summary>
            public static Tensor celu(Tensor x, double alpha, bool inplace = false) => Activation(9, x, alpha, inplace);

            /// <summary>x times the normal distribution's cumulative function at x.</summary>
            public static Tensor gelu(Tensor x, bool inplace = false) => Activation(10, x, 0, inplace);

            /// <summary>log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.</summary>
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20)
                => Native.Wrap(Native.ts_softplus(x.Valid, beta, threshold));

            /// <summary>x where it is above the threshold, else value.</summary>
            public static Tensor threshold(Tensor x, double threshold, double value, bool inplace = false)
                => Native.Wrap(Native.ts_threshold(x.Valid, threshold, value, Native.Flag(inplace)));

            /// <summary>x where x is above 0, else weight x; the weight is one number or one per channel (dimension 1).</summary>
            public static Tensor prelu(Tensor input, Tensor weight) => Native.Wrap(Native.ts_prelu(input.Valid, weight.Valid));

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null)
                => dtype is { } wanted && wanted != input.dtype
                    ? throw new NotImplementedException("softmax keeps its input's type.")
                    : Native.Wrap(Native.ts_softmax(input.Valid, dim));

            private static Tensor Activation(int kind, Tensor x, double parameter, bool inplace)
                => Native.Wrap(Native.ts_activation(kind, x.Valid, parameter, Native.Flag(inplace)));
        }
    }
}
