using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// One random affine map per step: a turn, a magnification and a shift about the picture's centre, each uniform in its range,
/// sampled bilinearly with the picture reflected at its edges.
/// </summary>
/// <param name="shape">The picture's shape, at least 2x2 pixels.</param>
/// <param name="degrees">Largest turn either way, in degrees.</param>
/// <param name="scale">Largest relative magnification either way, in 0..0.5: 0.1 draws from 0.9..1.1.</param>
/// <param name="shift">Largest shift either way per axis, in pixels; fractions of pixels are drawn too.</param>
public sealed class AffineTransform(TensorShape shape, double degrees = 8, double scale = 0.1, double shift = 8) : ITransform
{
    private readonly BilinearSampler _sampler = new(shape);

    public bool IsIdentity => degrees == 0 && scale == 0 && shift == 0;

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
        var turn = random.NextDouble(-degrees, degrees);
        var magnification = random.NextDouble(1 - scale, 1 + scale);
        var (right, down) = (random.NextDouble(-shift, shift), random.NextDouble(-shift, shift));

        // The sampler asks where a target pixel comes from, hence the inverse: undo the shift, then the turn and magnification.
        var (centreX, centreY) = ((shape.Width - 1) / 2.0, (shape.Height - 1) / 2.0);
        var toSource = AffineMap.Shift(-right, -down)
            .Then(AffineMap.TurnAndScale(-turn, 1 / magnification, centreX, centreY));
        _sampler.Prepare(toSource, SamplePadding.Reflection);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed) => _sampler.Gather(image, transformed);

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        _sampler.Scatter(transformedGradient, imageGradient);
}
