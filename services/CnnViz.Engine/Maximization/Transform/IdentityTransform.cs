using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Maximization;

/// <summary>The network sees the picture as it is.</summary>
public sealed class IdentityTransform : ITransform
{
    public bool IsIdentity => true;

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed) => image.CopyTo(transformed);

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        transformedGradient.CopyTo(imageGradient);
}
