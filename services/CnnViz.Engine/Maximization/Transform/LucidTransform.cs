using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The published chain of the lucid recipe: pad by 12 with mid-grey, crop 8 at random, scale by one of 0.90, 0.92, ... 1.10, turn
/// by a whole number of degrees in -10..10, crop 4 at random.
/// </summary>
/// <remarks>
/// Two things differ from running the chain link by link. All links compose into one affine map that is sampled bilinearly once,
/// so the picture is not blurred twice. And the chain ends at a size that changes with the scale (about 144 s - 4 pixels for a
/// 128-pixel picture), while a compiled network has one size: the network sees the window of the picture's own size in the middle
/// of the chain's last crop (the mid-grey surround shows where the crop is smaller). Resizing instead would undo the scaling.
/// </remarks>
/// <param name="shape">The picture's shape, at least 2x2 pixels.</param>
public sealed class LucidTransform(TensorShape shape) : ITransform
{
    private const int Pad = 12;
    private const int FirstCrop = 8;
    private const int LastCrop = 4;
    private const int ScaleCount = 11;
    private const double SmallestScale = 0.90;
    private const double ScaleStep = 0.02;
    private const int MaxDegrees = 10;

    private readonly BilinearSampler _sampler = new(shape);

    public bool IsIdentity => false;

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
        var (cropX, cropY) = (random.NextInt32(0, FirstCrop), random.NextInt32(0, FirstCrop));
        var scale = SmallestScale + (ScaleStep * random.NextInt32(0, ScaleCount - 1));
        var degrees = random.NextInt32(-MaxDegrees, MaxDegrees);
        var (lastX, lastY) = (random.NextInt32(0, LastCrop), random.NextInt32(0, LastCrop));

        // Sizes after the first crop and after the scaling.
        var (width, height) = (shape.Width + (2 * Pad) - FirstCrop, shape.Height + (2 * Pad) - FirstCrop);
        var (scaledWidth, scaledHeight) = (Math.Round(width * scale), Math.Round(height * scale));

        // From the network's window back to the picture, link by link.
        var windowX = Math.Floor((scaledWidth - LastCrop - shape.Width) / 2);
        var windowY = Math.Floor((scaledHeight - LastCrop - shape.Height) / 2);
        var toSource = AffineMap.Shift(windowX + lastX, windowY + lastY)
            .Then(AffineMap.TurnAndScale(-degrees, 1, (scaledWidth - 1) / 2, (scaledHeight - 1) / 2))
            .Then(HalfPixelScale(width / scaledWidth, height / scaledHeight))
            .Then(AffineMap.Shift(cropX - Pad, cropY - Pad));
        _sampler.Prepare(toSource, SamplePadding.Gray);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed) => _sampler.Gather(image, transformed);

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        _sampler.Scatter(transformedGradient, imageGradient);

    /// <summary>Resizing maps edges onto edges: source + 0.5 = ratio (target + 0.5).</summary>
    private static AffineMap HalfPixelScale(double x, double y) => new(x, 0, (0.5 * x) - 0.5, 0, y, (0.5 * y) - 0.5);
}
