using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Magnitude-constrained optimization (Fel et al., "Unlocking Feature Visualization for Deeper Networks with MAgnitude
/// Constrained Optimization", NeurIPS 2023): the parameters are the phases phi of a (channels, height, width/2 + 1) half
/// spectrum; its magnitudes r are those of photographs and stay. The phases are standardised over all of them, the planes are
/// irfft2(r exp(i phi)), standardised over the whole picture, and <see cref="PictureFinish"/> makes the picture of them. The
/// start is phi ~ N(0, 1).
/// </summary>
/// <remarks>
/// Standardising is y = (x - mean) / (s + 1e-4) with the population's deviation s. Its adjoint, with d = s + 1e-4 and n values,
/// is (g - mean g) / d - (x - mean) sum(g (x - mean)) / (n s d^2).
/// </remarks>
public sealed class MacoParameterization : IParameterization
{
    private const double Epsilon = 1e-4;

    private readonly RealFft2D _fft;
    private readonly PictureFinish _finish;
    private readonly float[] _magnitudes;
    private readonly int _channels;
    private readonly int _plane;

    /// <param name="imageShape">(channels, height, width).</param>
    /// <param name="magnitudes">r, (channels, height, width/2 + 1); null for <see cref="NaturalSpectrum"/>.</param>
    /// <param name="decorrelate">Whether the planes are decorrelated colour, as the magnitudes of photographs are.</param>
    public MacoParameterization(TensorShape imageShape, float[]? magnitudes = null, bool decorrelate = true)
    {
        ImageShape = imageShape;
        _channels = imageShape.Channels;
        _plane = checked(imageShape.Height * imageShape.Width);
        _fft = new RealFft2D(imageShape.Height, imageShape.Width);
        _finish = new PictureFinish(_channels, decorrelate, bounded: true);
        _magnitudes = magnitudes ?? NaturalSpectrum.Magnitudes(imageShape);
        ParameterCount = checked(_channels * _fft.SpectrumLength);
    }

    public TensorShape ImageShape { get; }

    public int ParameterCount { get; }

    public int ScratchLength => ParameterCount + (2 * _fft.SpectrumLength) + (2 * _channels * _plane) + _fft.ScratchLength;

    /// <inheritdoc/>
    public void Initialize(CounterRandom random, Span<float> parameters)
    {
        foreach (ref var value in parameters)
        {
            value = (float)random.NextNormal();
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> parameters, Span<float> image, Span<float> scratch)
    {
        var buffers = new Buffers(scratch, this);
        Planes(parameters, buffers, image);
        Standardize(image, image);
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
        var buffers = new Buffers(scratch, this);
        Planes(parameters, buffers, buffers.Planes);
        _finish.Adjoint(image, imageGradient, buffers.Gradient);
        StandardizeAdjoint(buffers.Planes, buffers.Gradient);
        var length = _fft.SpectrumLength;
        for (var c = 0; c < _channels; c++)
        {
            _fft.InverseAdjoint(buffers.Gradient.Slice(c * _plane, _plane), buffers.Re, buffers.Im, buffers.Fft);
            for (var i = 0; i < length; i++)
            {
                // d(r cos phi) = -r sin phi, d(r sin phi) = r cos phi.
                var (sine, cosine) = MathF.SinCos(buffers.Phases[(c * length) + i]);
                parameterGradient[(c * length) + i] =
                    _magnitudes[(c * length) + i] * ((cosine * buffers.Im[i]) - (sine * buffers.Re[i]));
            }
        }

        StandardizeAdjoint(parameters, parameterGradient);
    }

    /// <summary>Standardises the phases and transforms the spectrum.</summary>
    private void Planes(ReadOnlySpan<float> parameters, Buffers buffers, Span<float> planes)
    {
        Standardize(parameters, buffers.Phases);
        var length = _fft.SpectrumLength;
        for (var c = 0; c < _channels; c++)
        {
            for (var i = 0; i < length; i++)
            {
                var (sine, cosine) = MathF.SinCos(buffers.Phases[(c * length) + i]);
                var magnitude = _magnitudes[(c * length) + i];
                (buffers.Re[i], buffers.Im[i]) = (magnitude * cosine, magnitude * sine);
            }

            _fft.Inverse(buffers.Re, buffers.Im, planes.Slice(c * _plane, _plane), buffers.Fft);
        }
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        var mean = sum / values.Length;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, Math.Sqrt(squares / values.Length));
    }

    private static void Standardize(ReadOnlySpan<float> values, Span<float> target)
    {
        var (mean, deviation) = Moments(values);
        TensorPrimitives.Subtract(values, (float)mean, target);
        TensorPrimitives.Divide(target, (float)(deviation + Epsilon), target);
    }

    /// <summary>The adjoint of standardising <paramref name="values"/>, on a gradient, in place.</summary>
    private static void StandardizeAdjoint(ReadOnlySpan<float> values, Span<float> gradient)
    {
        var (mean, deviation) = Moments(values);
        double sum = 0, product = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += gradient[i];
            product += gradient[i] * (values[i] - mean);
        }

        var divisor = deviation + Epsilon;
        var along = deviation > 0 ? product / (values.Length * deviation * divisor * divisor) : 0;
        var constant = sum / values.Length;
        for (var i = 0; i < values.Length; i++)
        {
            gradient[i] = (float)(((gradient[i] - constant) / divisor) - ((values[i] - mean) * along));
        }
    }

    /// <summary>The scratch, cut up.</summary>
    private readonly ref struct Buffers
    {
        public Buffers(Span<float> scratch, MacoParameterization owner)
        {
            var (spectrum, picture) = (owner._fft.SpectrumLength, owner._channels * owner._plane);
            Phases = scratch[..owner.ParameterCount];
            var rest = scratch[owner.ParameterCount..];
            Re = rest[..spectrum];
            Im = rest.Slice(spectrum, spectrum);
            rest = rest[(2 * spectrum)..];
            Planes = rest[..picture];
            Gradient = rest.Slice(picture, picture);
            Fft = rest.Slice(2 * picture, owner._fft.ScratchLength);
        }

        public Span<float> Phases { get; }

        public Span<float> Re { get; }

        public Span<float> Im { get; }

        public Span<float> Planes { get; }

        public Span<float> Gradient { get; }

        public Span<float> Fft { get; }
    }
}
