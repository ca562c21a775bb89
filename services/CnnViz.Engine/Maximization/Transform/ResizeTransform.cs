using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>A fixed affine view of the whole picture at the network's size, sampled bilinearly, mirrored at the edges.</summary>
public sealed class ResizeTransform : ITransform
{
    private readonly BilinearSampler _sampler;

    /// <param name="shape">The picture's shape, at least 2x2 pixels.</param>
    /// <param name="network">The network's input in ascent space: as many channels, its own height and width.</param>
    /// <param name="view">Applied at the network's size, from its pixels to the position in the resized picture; null for
    /// none.</param>
    public ResizeTransform(TensorShape shape, TensorShape network, AffineMap? view = null)
    {
        _sampler = new BilinearSampler(shape, network);
        var (x, y) = (shape.Width / (double)network.Width, shape.Height / (double)network.Height);
        IsIdentity = view is null && x == 1 && y == 1;

        // Resizing maps edges onto edges: source + 0.5 = ratio (target + 0.5).
        var resize = new AffineMap(x, 0, (0.5 * x) - 0.5, 0, y, (0.5 * y) - 0.5);
        _sampler.Prepare((view ?? AffineMap.Shift(0, 0)).Then(resize), SamplePadding.Reflection);
    }

    public bool IsIdentity { get; }

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed) => _sampler.Gather(image, transformed);

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        _sampler.Scatter(transformedGradient, imageGradient);
}
