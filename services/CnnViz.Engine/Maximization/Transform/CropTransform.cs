using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// One random square of the picture, sampled bilinearly to what the network takes, plus noise: a view of the MaCo recipe. The
/// square's side, as a share of the picture's shorter side, is normal about a base that falls linearly over the run, clipped to
/// [0.05, 1]; its centre is normal about the picture's, moved so that the square lies inside. The noise is normal plus uniform,
/// in ascent space; the adjoint ignores it, as the derivative does.
/// </summary>
/// <param name="shape">The picture's shape, at least 2x2 pixels.</param>
/// <param name="network">The network's input in ascent space: as many channels, its own height and width.</param>
/// <param name="numbers">The crops' numbers.</param>
public sealed class CropTransform(TensorShape shape, TensorShape network, CropOptions numbers) : ITransform
{
    private const double SmallestSide = 0.05;

    private readonly BilinearSampler _sampler = new(shape, network);
    private readonly float[] _noise = new float[network.ElementCount];

    public bool IsIdentity => false;

    /// <inheritdoc/>
    public void Draw(CounterRandom random) => Draw(random, 0);

    /// <inheritdoc/>
    public void Draw(CounterRandom random, double progress)
    {
        var mean = numbers.FirstSide + ((numbers.LastSide - numbers.FirstSide) * progress);
        var side = Math.Clamp(mean + (numbers.SideDeviation * random.NextNormal()), SmallestSide, 1)
            * Math.Min(shape.Height, shape.Width);
        var x = Centre(shape.Width, side, random);
        var y = Centre(shape.Height, side, random);
        var step = side / Math.Min(network.Height, network.Width);
        _sampler.Prepare(
            new AffineMap(
                step, 0, x - 0.5 - (step * ((network.Width / 2.0) - 0.5)), 0, step, y - 0.5 - (step * ((network.Height / 2.0) - 0.5))),
            SamplePadding.Reflection);
        foreach (ref var value in _noise.AsSpan())
        {
            value = (float)((numbers.NormalNoise * random.NextNormal()) + (numbers.UniformNoise * random.NextDouble(-1, 1)));
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed)
    {
        _sampler.Gather(image, transformed);
        TensorPrimitives.Add(transformed, _noise, transformed);
    }

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        _sampler.Scatter(transformedGradient, imageGradient);

    private double Centre(int extent, double side, CounterRandom random)
    {
        var centre = extent * (0.5 + (numbers.CentreDeviation * random.NextNormal()));
        return Math.Clamp(centre, side / 2, extent - (side / 2));
    }
}
