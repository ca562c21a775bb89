namespace CnnViz.Models;

public enum ResizeKind
{
    Nearest,
    Bilinear,

    /// <summary>
    /// Cubic convolution (Keys, 1981) with a = -0.75 over four cells per axis, as ONNX and PyTorch; cells outside the map stand
    /// for the nearest inside. TensorFlow's has a = -0.5.
    /// </summary>
    Bicubic,
}

public enum ResizeCoordinates
{
    /// <summary>source = (target + 0.5) / scale - 0.5, as TensorFlow 2, ONNX half_pixel, torch align_corners=False.</summary>
    HalfPixel,

    /// <summary>Corner cells' centres map onto each other: source = target (in-1)/(out-1); 0 for an output of one cell.</summary>
    AlignCorners,

    /// <summary>source = target / scale, as TensorFlow 1.</summary>
    Asymmetric,

    /// <summary>As <see cref="HalfPixel"/>, but 0 for an output of one cell: ONNX pytorch_half_pixel.</summary>
    TorchHalfPixel,
}

/// <summary>Which cell a nearest-neighbour resize takes for a source position between two.</summary>
public enum NearestRounding
{
    /// <summary>As TensorFlow: <see cref="Floor"/> for asymmetric coordinates, else <see cref="PreferCeiling"/>.</summary>
    Usual,

    /// <summary>The cell before: ONNX floor.</summary>
    Floor,

    /// <summary>The cell behind: ONNX ceil.</summary>
    Ceiling,

    /// <summary>The nearest cell, from halfway the one before: ONNX round_prefer_floor, its default.</summary>
    PreferFloor,

    /// <summary>The nearest cell, from halfway the one behind: ONNX round_prefer_ceil.</summary>
    PreferCeiling,
}

/// <summary>Scales a feature map; output extents are floor(extent * scale).</summary>
/// <param name="Kind">The interpolation.</param>
/// <param name="ScaleHeight">Output rows per input row, above 0.</param>
/// <param name="ScaleWidth">Output columns per input column, above 0.</param>
/// <param name="Coordinates">How output cells map to positions on the input.</param>
/// <param name="Rounding">The cell for such a position; of nearest-neighbour resizes only.</param>
public sealed record ResizeOp(
    ResizeKind Kind,
    double ScaleHeight,
    double ScaleWidth,
    ResizeCoordinates Coordinates,
    NearestRounding Rounding = NearestRounding.Usual) : LayerOp
{
    public override string ClassName => "Resizing";
}
