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
/// Cross-correlation with weights "kernel" (canonical order out, in/groups, kh, kw) and optional "bias" (out). Zero padding.
/// Groups equal to the input channels make it depthwise.
/// </summary>
public sealed record Conv2DOp(Size2D Stride, Size2D Dilation, Padding2D Padding, int Groups = 1) : LayerOp
{
    /// <summary>True when the source calls it a depthwise convolution.</summary>
    public bool Depthwise { get; init; }

    public override string ClassName => Depthwise ? "DepthwiseConv2D" : "Conv2D";
}

/// <summary>Matrix product with weights "kernel" (canonical order in, out) and optional "bias" (out) over the last axis.</summary>
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

public enum ActivationKind
{
    Linear,
    Relu,
    Relu6,
    LeakyRelu,
    Elu,
    Sigmoid,
    Tanh,
    HardSigmoid,
    HardSwish,
    Silu,
}

/// <summary>An elementwise nonlinearity. <paramref name="Alpha"/> is LeakyReLU's slope or ELU's scale, else unused.</summary>
public sealed record ActivationOp(ActivationKind Kind, float Alpha = 0) : LayerOp
{
    public override string ClassName => Kind switch
    {
        ActivationKind.LeakyRelu => "LeakyReLU",
        ActivationKind.Relu => "ReLU",
        _ => "Activation",
    };
}

/// <summary>Softmax over one axis of the sample; -1 is the last.</summary>
public sealed record SoftmaxOp(int Axis = -1) : LayerOp
{
    public override string ClassName => "Softmax";
}

public enum PoolKind
{
    Max,

    /// <summary>Mean over the cells inside the feature map; padding does not count.</summary>
    Average,
}

/// <summary>Max or average pooling. Max pooling pads with minus infinity; a padding whose zeros take part is its own layer.</summary>
public sealed record Pool2DOp(PoolKind Kind, Size2D Window, Size2D Stride, Padding2D Padding) : LayerOp
{
    public override string ClassName => Kind == PoolKind.Max ? "MaxPooling2D" : "AveragePooling2D";
}

/// <summary>Spatial mean or maximum of each channel: (C, H, W) to (C), or to (C, 1, 1) with <paramref name="KeepDims"/>.</summary>
public sealed record GlobalPool2DOp(PoolKind Kind, bool KeepDims) : LayerOp
{
    public override string ClassName => Kind == PoolKind.Max ? "GlobalMaxPooling2D" : "GlobalAveragePooling2D";
}

/// <summary>Spatial padding with a constant (0 for Keras' ZeroPadding2D; minus infinity before some max pools).</summary>
public sealed record Pad2DOp(Padding2D Padding, float Value = 0) : LayerOp
{
    public override string ClassName => Value == 0 ? "ZeroPadding2D" : "Pad2D";
}

public enum BinaryKind
{
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// <summary>
/// Elementwise, with broadcasting of extents of 1. Two inputs; or one input and the weight "constant", whose shape broadcasts
/// against the sample's shape. <paramref name="ConstantFirst"/> makes the constant the left operand.
/// </summary>
public sealed record BinaryOp(BinaryKind Kind, bool ConstantFirst = false) : LayerOp
{
    public override string ClassName => Kind.ToString();
}

/// <summary>Joins its inputs along an axis of the sample (0 = channels).</summary>
public sealed record ConcatenateOp(int Axis = 0) : LayerOp
{
    public override string ClassName => "Concatenate";
}

/// <summary><paramref name="Length"/> consecutive indices of one axis of the sample, from <paramref name="Start"/>.</summary>
public sealed record SliceOp(int Axis, int Start, int Length) : LayerOp
{
    public override string ClassName => "Slice";
}

public enum ResizeKind
{
    Nearest,
    Bilinear,
}

public enum ResizeCoordinates
{
    /// <summary>source = (target + 0.5) / scale - 0.5, as TensorFlow 2, ONNX half_pixel, torch align_corners=False.</summary>
    HalfPixel,

    /// <summary>Corner cells' centres map onto each other: source = target (in-1)/(out-1).</summary>
    AlignCorners,

    /// <summary>source = target / scale, as TensorFlow 1.</summary>
    Asymmetric,
}

/// <summary>Scales a feature map; output extents are floor(extent * scale). Scales are above 0.</summary>
public sealed record ResizeOp(ResizeKind Kind, double ScaleHeight, double ScaleWidth, ResizeCoordinates Coordinates) : LayerOp
{
    public override string ClassName => "Resizing";
}

/// <summary>New extents in row-major order over the sample; 0 keeps the input's extent on that axis, -1 (once) takes the rest.</summary>
public sealed record ReshapeOp(params int[] Dims) : LayerOp
{
    public override string ClassName => "Reshape";

    public bool Equals(ReshapeOp? other) => other is not null && Dims.AsSpan().SequenceEqual(other.Dims);

    public override int GetHashCode() => Dims.Aggregate(17, HashCode.Combine);
}

/// <summary>Reorders the sample's axes: output axis i is input axis <paramref name="Permutation"/>[i].</summary>
public sealed record TransposeOp(params int[] Permutation) : LayerOp
{
    public override string ClassName => "Permute";

    public bool Equals(TransposeOp? other) => other is not null && Permutation.AsSpan().SequenceEqual(other.Permutation);

    public override int GetHashCode() => Permutation.Aggregate(17, HashCode.Combine);
}

/// <summary>
/// To rank 1. <paramref name="ChannelsLast"/> flattens a feature map in (height, width, channels) order, as Keras does, so
/// that a following Dense kernel's rows match.
/// </summary>
public sealed record FlattenOp(bool ChannelsLast) : LayerOp
{
    public override string ClassName => "Flatten";
}

/// <summary>
/// An op the reader does not know. Everything before it stays usable; a layer that needs it is refused with this name and reason.
/// </summary>
public sealed record UnsupportedOp(string OpType, string Reason) : LayerOp
{
    public override string ClassName => OpType;
}
