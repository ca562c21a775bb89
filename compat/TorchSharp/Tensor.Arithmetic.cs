namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator /(Tensor left, Tensor right) => Native.Wrap(Native.ts_binary(3, left.Valid, right.Valid));

        public Tensor add(Tensor target) => Native.Wrap(Native.ts_binary(0, Valid, target.Valid));

        public Tensor add(Scalar scalar) => Native.Wrap(Native.ts_binary_scalar(0, Valid, scalar.Value));

        public Tensor sub(Tensor target) => Native.Wrap(Native.ts_binary(1, Valid, target.Valid));

        public Tensor mul(Tensor target) => Native.Wrap(Native.ts_binary(2, Valid, target.Valid));

        public Tensor mul(Scalar target) => Native.Wrap(Native.ts_binary_scalar(2, Valid, target.Value));

        /// <summary>Each element to the power of the exponent's.</summary>
        public Tensor pow(Tensor exponent) => Native.Wrap(Native.ts_binary(4, Valid, exponent.Valid));

        /// <summary>The larger of each two elements; equal ones share the gradient.</summary>
        public Tensor maximum(Tensor other) => Native.Wrap(Native.ts_binary(5, Valid, other.Valid));

        /// <summary>The smaller of each two elements; equal ones share the gradient.</summary>
        public Tensor minimum(Tensor other) => Native.Wrap(Native.ts_binary(6, Valid, other.Valid));

        /// <summary>min(max(x, min), max); a bound that is null does not bound.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Native.Wrap(
            Native.ts_clamp(Valid, Native.Flag(min is not null), min?.Value ?? 0, Native.Flag(max is not null), max?.Value ?? 0));

        public Tensor sigmoid() => Native.Wrap(Native.ts_activation(4, Valid, 0, 0));

        public Tensor tanh() => Native.Wrap(Native.ts_activation(5, Valid, 0, 0));

        public Tensor exp() => Native.Wrap(Native.ts_unary(0, Valid));

        /// <summary>The natural logarithm.</summary>
        public Tensor log() => Native.Wrap(Native.ts_unary(1, Valid));

        public Tensor sqrt() => Native.Wrap(Native.ts_unary(2, Valid));

        public Tensor abs() => Native.Wrap(Native.ts_unary(3, Valid));

        public Tensor neg() => Native.Wrap(Native.ts_unary(4, Valid));

        /// <summary>Gauss' error function.</summary>
        public Tensor erf() => Native.Wrap(Native.ts_unary(5, Valid));
    }
}
