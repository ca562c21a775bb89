namespace CnnViz.Engine.Maximization;

/// <summary>
/// A penalty on the picture itself, subtracted from the objective. All are means over the picture's values, so that weights do
/// not depend on its size. Immutable and safe for concurrent use.
/// </summary>
public interface IRegularizer
{
    /// <summary>The penalty, and its gradient times a factor added to that there is.</summary>
    /// <param name="image">(channels, height, width) in ascent space.</param>
    /// <param name="factor">What the gradient is multiplied by: minus the weight in an ascent.</param>
    /// <param name="gradient">Receives the sum, shaped like the picture.</param>
    double Add(ReadOnlySpan<float> image, float factor, Span<float> gradient);
}
