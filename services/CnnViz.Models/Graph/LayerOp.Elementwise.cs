namespace CnnViz.Models;

/// <summary>Functions of one cell x; a is <see cref="ActivationOp.Alpha"/>, b <see cref="ActivationOp.Beta"/>.</summary>
public enum ActivationKind
{
    /// <summary>x.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x where x is above 0, else a x. Default a = 0; frameworks differ (0.01, 0.2, 0.3), so readers state it.</summary>
    LeakyRelu,

    /// <summary>x where x is above 0, else a (exp(x) - 1). Default a = 1.</summary>
    Elu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>min(max(a x + b, 0), 1). Default a = 1/6, b = 0.5, as Keras 3 and PyTorch; ONNX and Keras 2: a = 0.2.</summary>
    HardSigmoid,

    /// <summary>x min(max(x / 6 + 0.5, 0), 1).</summary>
    HardSwish,

    /// <summary>x / (1 + exp(-x)), also called swish.</summary>
    Silu,

    /// <summary>b x where x is above 0, else b a (exp(x) - 1). Default 1.67326 and 1.0507 (Klambauer et al., 2017).</summary>
    Selu,

    /// <summary>x where x is above 0, else a (exp(x / a) - 1). Default a = 1; a is not 0.</summary>
    Celu,

    /// <summary>x (1 + erf(x / sqrt 2)) / 2.</summary>
    Gelu,

    /// <summary>x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, GELU's usual approximation.</summary>
    GeluTanh,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    Mish,

    /// <summary>x where x is above a, else 0. Default a = 1, as ONNX and Keras.</summary>
    ThresholdedRelu,

    /// <summary>Exponential.</summary>
    Exp,

    /// <summary>Natural logarithm; not a number below 0.</summary>
    Log,

    /// <summary>Square root; not a number below 0.</summary>
    Sqrt,

    /// <summary>Absolute value; its gradient at 0 is 0.</summary>
    Abs,

    /// <summary>-x.</summary>
    Negative,

    /// <summary>Gauss' error function.</summary>
    Erf,
}

/// <summary>An elementwise function without weights. Parameters are finite; a kind that has none ignores them.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">Its parameter a.</param>
/// <param name="Beta">Its parameter b.</param>
public sealed record ActivationOp(ActivationKind Kind, float Alpha, float Beta) : LayerOp
{
    /// <summary>The kind's default b.</summary>
    public ActivationOp(ActivationKind kind, float alpha)
        : this(kind, alpha, DefaultBeta(kind))
    {
    }

    /// <summary>The kind's default a and b.</summary>
    public ActivationOp(ActivationKind kind)
        : this(kind, DefaultAlpha(kind), DefaultBeta(kind))
    {
    }

    public override string ClassName => Kind switch
    {
        ActivationKind.LeakyRelu => "LeakyReLU",
        ActivationKind.Relu => "ReLU",
        _ => "Activation",
    };

    private static float DefaultAlpha(ActivationKind kind) => kind switch
    {
        ActivationKind.Elu or ActivationKind.Celu or ActivationKind.ThresholdedRelu => 1,
        ActivationKind.HardSigmoid => 1f / 6,
        ActivationKind.Selu => 1.6732632423543772f,
        _ => 0,
    };

    private static float DefaultBeta(ActivationKind kind) => kind switch
    {
        ActivationKind.HardSigmoid => 0.5f,
        ActivationKind.Selu => 1.0507009873554805f,
        _ => 0,
    };
}

/// <summary>
/// x where x is above 0, else alpha x, with the weight "alpha", whose shape broadcasts against the sample's: (channels, 1, 1) or
/// a scalar for one slope per channel or for all, the whole sample's shape for one slope per cell.
/// </summary>
public sealed record PReluOp : LayerOp
{
    public override string ClassName => "PReLU";
}

/// <summary>
/// min(max(x, <paramref name="Minimum"/>), <paramref name="Maximum"/>). Either bound may be infinite, none is NaN; with the
/// minimum above the maximum every value becomes the maximum, as ONNX has it.
/// </summary>
public sealed record ClipOp(float Minimum, float Maximum) : LayerOp
{
    public override string ClassName => "Clip";
}

/// <summary>Drops a share <paramref name="Rate"/> (0..1) of the values in training alone; here its output is its input.</summary>
public sealed record DropoutOp(float Rate) : LayerOp
{
    public override string ClassName => "Dropout";
}

public enum BinaryKind
{
    Add,
    Subtract,
    Multiply,
    Divide,

    /// <summary>left ^ right; not a number for a negative left and a right that is not whole.</summary>
    Power,

    /// <summary>The larger; where both are equal each takes half of the gradient.</summary>
    Maximum,

    /// <summary>The smaller; where both are equal each takes half of the gradient.</summary>
    Minimum,
}

/// <summary>
/// Elementwise, with broadcasting of extents of 1. Two inputs; or one input and the weight "constant", whose shape broadcasts
/// against the sample's shape. <paramref name="ConstantFirst"/> makes the constant the left operand.
/// </summary>
public sealed record BinaryOp(BinaryKind Kind, bool ConstantFirst = false) : LayerOp
{
    public override string ClassName => Kind.ToString();
}
