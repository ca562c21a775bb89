using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// How a picture is made from the numbers that the optimiser changes. One instance serves all pictures of a run: it is immutable
/// and safe for concurrent use, and callers bring the scratch.
/// </summary>
public interface IParameterization
{
    /// <summary>The picture's shape in ascent space: (channels, height, width).</summary>
    TensorShape ImageShape { get; }

    /// <summary>Parameters of one picture.</summary>
    int ParameterCount { get; }

    /// <summary>Floats of scratch that <see cref="Forward"/> and <see cref="Adjoint"/> need.</summary>
    int ScratchLength { get; }

    /// <summary>Draws the starting parameters of one picture.</summary>
    void Initialize(CounterRandom random, Span<float> parameters);

    /// <summary>Makes the picture.</summary>
    /// <param name="parameters"><see cref="ParameterCount"/> numbers.</param>
    /// <param name="image">Receives the picture in ascent space, row-major.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; overwritten.</param>
    void Forward(ReadOnlySpan<float> parameters, Span<float> image, Span<float> scratch);

    /// <summary>Maps a gradient to the picture to the gradient to the parameters.</summary>
    /// <param name="parameters">The parameters that the picture was made from.</param>
    /// <param name="image">The picture that <see cref="Forward"/> made from the parameters.</param>
    /// <param name="imageGradient">Shaped like the picture.</param>
    /// <param name="parameterGradient">Receives <see cref="ParameterCount"/> numbers.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; overwritten.</param>
    void Adjoint(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> image,
        ReadOnlySpan<float> imageGradient,
        Span<float> parameterGradient,
        Span<float> scratch);
}
