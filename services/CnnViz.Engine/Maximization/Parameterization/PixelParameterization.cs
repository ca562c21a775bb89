using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The parameters are the pixels, in ascent space and without clipping unless colour is decorrelated or values are bounded. The
/// start is uniform grey noise, (U(0,1) - 0.5) * amplitude, as in Keras' "Visualizing what convnets learn".
/// </summary>
/// <param name="imageShape">(channels, height, width).</param>
/// <param name="amplitude">Full width of the starting noise; 0.25 in Keras' example.</param>
/// <param name="decorrelate">Whether the parameters are decorrelated colour; false in Keras' example.</param>
/// <param name="bounded">Whether values are squashed into [-1, 1]; false in Keras' example.</param>
public sealed class PixelParameterization(
    TensorShape imageShape, double amplitude = 0.25, bool decorrelate = false, bool bounded = false) : IParameterization
{
    private readonly PictureFinish _finish = new(imageShape.Channels, decorrelate, bounded);

    public TensorShape ImageShape { get; } = imageShape;

    public int ParameterCount { get; } = checked((int)imageShape.ElementCount);

    public int ScratchLength => 0;

    /// <inheritdoc/>
    public void Initialize(CounterRandom random, Span<float> parameters)
    {
        foreach (ref var value in parameters)
        {
            value = (random.NextSingle() - 0.5f) * (float)amplitude;
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> parameters, Span<float> image, Span<float> scratch)
    {
        parameters.CopyTo(image);
        _finish.Forward(image);
    }

    /// <inheritdoc/>
    public void Adjoint(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> image,
        ReadOnlySpan<float> imageGradient,
        Span<float> parameterGradient,
        Span<float> scratch) =>
        _finish.Adjoint(image, imageGradient, parameterGradient);
}
