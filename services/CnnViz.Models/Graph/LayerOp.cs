namespace CnnViz.Models;

/// <summary>
/// What a layer computes. Ops are pure data: shape inference and each engine interpret them. All feature maps are
/// (channels, height, width); readers translate other axis orders away.
/// </summary>
public abstract record LayerOp
{
    /// <summary>The class shown in summaries; Keras' name where Keras has the layer.</summary>
    public abstract string ClassName { get; }
}

/// <summary>Rows and columns of zero (or other) cells added around a feature map, in pixels; each at least 0.</summary>
public readonly record struct Padding2D(int Top, int Bottom, int Left, int Right)
{
    public static Padding2D None => default;

    public bool IsNone => this == None;

    public static Padding2D Uniform(int pixels) => new(pixels, pixels, pixels, pixels);
}

/// <summary>A height and a width in pixels (kernel, stride or dilation), each at least 1.</summary>
public readonly record struct Size2D(int Height, int Width)
{
    public static Size2D One => new(1, 1);

    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>The graph's input; it has no inputs of its own.</summary>
public sealed record InputOp : LayerOp
{
    public override string ClassName => "InputLayer";
}

/// <summary>
/// Matrix product with weights "kernel" (canonical order in, out) and optional "bias" (out) over the last axis.
/// </summary>
public sealed record DenseOp : LayerOp
{
    public override string ClassName => "Dense";
}

/// <summary>
/// y = gamma (x - moving_mean) / sqrt(moving_variance + epsilon) + beta per channel (axis 0), with weights "gamma", "beta",
/// "moving_mean", "moving_variance"; gamma and beta may be absent (1 and 0).
/// </summary>
public sealed record BatchNormalizationOp(float Epsilon) : LayerOp
{
    public override string ClassName => "BatchNormalization";
}

/// <summary>Softmax over one axis of the sample; -1 is the last.</summary>
public sealed record SoftmaxOp(int Axis = -1) : LayerOp
{
    public override string ClassName => "Softmax";
}

/// <summary>
/// An op the reader does not know. Everything before it stays usable; a layer that needs it is refused with this name and reason.
/// </summary>
public sealed record UnsupportedOp(string OpType, string Reason) : LayerOp
{
    public override string ClassName => OpType;
}
