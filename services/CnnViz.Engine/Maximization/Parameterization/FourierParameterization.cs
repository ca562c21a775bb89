using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Pictures as scaled Fourier coefficients in decorrelated colour (Olah, Mordvintsev and Schubert, "Feature Visualization",
/// Distill 2017). Per channel the parameters are the real, then the imaginary parts of a (height, width/2 + 1) half spectrum z.
/// With f the frequency in cycles per pixel, s = sqrt(height*width) / max(f, 1/max(height, width)); the plane is irfft2(s z) / 4;
/// <see cref="PictureFinish"/> mixes three planes into red, green and blue and squashes them into ascent space. The start is
/// normal noise on every coefficient.
/// </summary>
public sealed class FourierParameterization : IParameterization
{
    private const float PlaneDivisor = 4;

    private readonly RealFft2D _fft;
    private readonly PictureFinish _finish;
    private readonly float[] _scale;
    private readonly double _deviation;
    private readonly int _channels;
    private readonly int _plane;

    /// <param name="imageShape">(channels, height, width).</param>
    /// <param name="deviation">Standard deviation of the starting coefficients; 0.01 in the published recipe.</param>
    /// <param name="decorrelate">Whether colour is decorrelated; true in the published recipe.</param>
    /// <param name="bounded">Whether values are squashed into [-1, 1]; true in the published recipe.</param>
    public FourierParameterization(
        TensorShape imageShape, double deviation = 0.01, bool decorrelate = true, bool bounded = true)
    {
        _finish = new PictureFinish(imageShape.Channels, decorrelate, bounded);
        ImageShape = imageShape;
        _deviation = deviation;
        _channels = imageShape.Channels;
        _plane = checked(imageShape.Height * imageShape.Width);
        _fft = new RealFft2D(imageShape.Height, imageShape.Width);
        ParameterCount = checked(2 * _channels * _fft.SpectrumLength);
        _scale = FrequencyScale(imageShape.Height, imageShape.Width);
        TensorPrimitives.Divide(_scale, PlaneDivisor, _scale);
    }

    public TensorShape ImageShape { get; }

    public int ParameterCount { get; }

    public int ScratchLength => _fft.ScratchLength + (2 * _fft.SpectrumLength) + (_channels * _plane);

    /// <summary>The factor s of each coefficient, (height, width/2 + 1).</summary>
    public static float[] FrequencyScale(int height, int width)
    {
        var columns = (width / 2) + 1;
        var scale = new float[height * columns];
        var lowest = 1.0 / Math.Max(height, width);
        for (var y = 0; y < height; y++)
        {
            // Rows above the middle stand for negative frequencies.
            var fy = (y <= (height - 1) / 2 ? y : y - height) / (double)height;
            for (var x = 0; x < columns; x++)
            {
                var fx = x / (double)width;
                var frequency = Math.Sqrt((fx * fx) + (fy * fy));
                scale[(y * columns) + x] = (float)(Math.Sqrt((double)height * width) / Math.Max(frequency, lowest));
            }
        }

        return scale;
    }

    /// <inheritdoc/>
    public void Initialize(CounterRandom random, Span<float> parameters)
    {
        foreach (ref var value in parameters)
        {
            value = (float)(random.NextNormal() * _deviation);
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> parameters, Span<float> image, Span<float> scratch)
    {
        var length = _fft.SpectrumLength;
        var re = scratch[..length];
        var im = scratch.Slice(length, length);
        var fftScratch = scratch.Slice(2 * length, _fft.ScratchLength);
        for (var c = 0; c < _channels; c++)
        {
            TensorPrimitives.Multiply(parameters.Slice(2 * c * length, length), _scale, re);
            TensorPrimitives.Multiply(parameters.Slice(((2 * c) + 1) * length, length), _scale, im);
            _fft.Inverse(re, im, image.Slice(c * _plane, _plane), fftScratch);
        }

        _finish.Forward(image);
    }

    /// <inheritdoc/>
    public void Adjoint(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> image,
        ReadOnlySpan<float> imageGradient,
        Span<float> parameterGradient,
        Span<float> scratch)
    {
        var length = _fft.SpectrumLength;
        var fftScratch = scratch.Slice(2 * length, _fft.ScratchLength);
        var planes = scratch.Slice((2 * length) + _fft.ScratchLength, _channels * _plane);
        _finish.Adjoint(image, imageGradient, planes);
        for (var c = 0; c < _channels; c++)
        {
            var re = parameterGradient.Slice(2 * c * length, length);
            var im = parameterGradient.Slice(((2 * c) + 1) * length, length);
            _fft.InverseAdjoint(planes.Slice(c * _plane, _plane), re, im, fftScratch);
            TensorPrimitives.Multiply(re, _scale, re);
            TensorPrimitives.Multiply(im, _scale, im);
        }
    }
}
