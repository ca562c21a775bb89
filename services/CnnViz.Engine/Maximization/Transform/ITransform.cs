using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// A random linear map from the picture to what the network sees, drawn anew for every step and shared by the pictures of that
/// step. It keeps the picture's shape, unless it says otherwise. Maximizing under it asks for what excites a filter wherever it
/// lies, instead of for high-frequency patterns that only fit one grid.
/// </summary>
/// <remarks>
/// <see cref="Draw(CounterRandom)"/> must not run beside the other methods; those may run concurrently with each other.
/// </remarks>
public interface ITransform
{
    /// <summary>True where the transform changes nothing, so that callers may skip it.</summary>
    bool IsIdentity { get; }

    /// <summary>Draws one step's map.</summary>
    void Draw(CounterRandom random);

    /// <summary>Draws one step's map where it depends on how far the run is.</summary>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="progress">0 at the first step, 1 at the last.</param>
    void Draw(CounterRandom random, double progress) => Draw(random);

    /// <summary>Applies the drawn map to one picture.</summary>
    /// <param name="image">(channels, height, width) in ascent space.</param>
    /// <param name="transformed">Receives the same shape; must not overlap <paramref name="image"/>.</param>
    void Forward(ReadOnlySpan<float> image, Span<float> transformed);

    /// <summary>Applies the drawn map's adjoint: from the gradient to what the network sees to that to the picture.</summary>
    /// <param name="transformedGradient">(channels, height, width).</param>
    /// <param name="imageGradient">Receives the same shape; must not overlap <paramref name="transformedGradient"/>.</param>
    void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient);
}
