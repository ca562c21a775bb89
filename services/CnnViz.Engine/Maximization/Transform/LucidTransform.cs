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
/// <param name="numbers">The chain's numbers; null for those published.</param>
public sealed class LucidTransform(TensorShape shape, LucidChainOptions? numbers = null) : ITransform
{
    private readonly LucidChainOptions _numbers = numbers ?? new LucidChainOptions();
    private readonly BilinearSampler _sampler = new(shape);

    public bool IsIdentity => false;

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
        var (pad, firstCrop, lastCrop) = (_numbers.Pad, _numbers.FirstCrop, _numbers.LastCrop);
        var (cropX, cropY) = (random.NextInt32(0, firstCrop), random.NextInt32(0, firstCrop));
        var scale = _numbers.SmallestScale + (_numbers.ScaleStep * random.NextInt32(0, _numbers.ScaleCount - 1));
        var degrees = random.NextInt32(-_numbers.RotationDegrees, _numbers.RotationDegrees);
        var (lastX, lastY) = (random.NextInt32(0, lastCrop), random.NextInt32(0, lastCrop));

        // Sizes after the first crop and after the scaling.
        var (width, height) = (shape.Width + (2 * pad) - firstCrop, shape.Height + (2 * pad) - firstCrop);
        var (scaledWidth, scaledHeight) = (Math.Round(width * scale), Math.Round(height * scale));

        // From the network's window back to the picture, link by link.
        var windowX = Math.Floor((scaledWidth - lastCrop - shape.Width) / 2);
        var windowY = Math.Floor((scaledHeight - lastCrop - shape.Height) / 2);
        var toSource = AffineMap.Shift(windowX + lastX, windowY + lastY)
            .Then(AffineMap.TurnAndScale(-degrees, 1, (scaledWidth - 1) / 2, (scaledHeight - 1) / 2))
            .Then(HalfPixelScale(width / scaledWidth, height / scaledHeight))
            .Then(AffineMap.Shift(cropX - pad, cropY - pad));
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
