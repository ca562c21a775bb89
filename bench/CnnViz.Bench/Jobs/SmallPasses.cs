using BenchmarkDotNet.Attributes;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Normalization;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// What surrounds the network in a step or makes a picture of its result, at the headline job's and the hero job's sizes.
/// </summary>
public class SmallPasses
{
    private const int KerasSize = 180;
    private const int LucidSize = 128;

    private readonly TensorShape _shape = new(3, LucidSize, LucidSize);
    private FourierParameterization _fourier = null!;
    private LucidTransform _chain = null!;
    private Adam _adam = null!;
    private float[] _parameters = [];
    private float[] _parameterGradient = [];
    private float[] _state = [];
    private float[] _scratch = [];
    private float[] _image = [];
    private float[] _seen = [];
    private float[] _picture = [];
    private float[] _pictureGradient = [];
    private Raster _raster = null!;

    /// <summary>Random parameters, pictures and gradients.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _fourier = new FourierParameterization(_shape);
        _chain = new LucidTransform(_shape);
        _chain.Draw(new CounterRandom(1, RandomPurpose.Transform, 1));
        _adam = new Adam();
        _parameters = new float[_fourier.ParameterCount];
        _fourier.Initialize(new CounterRandom(1, RandomPurpose.Start, 1), _parameters);
        _parameterGradient = Ascent.Noise(_parameters.Length, seed: 2);
        _state = new float[_adam.StateLength(_parameters.Length)];
        _scratch = new float[_fourier.ScratchLength];
        _image = Ascent.Noise(checked((int)_shape.ElementCount), seed: 3);
        _seen = new float[_image.Length];
        _picture = Ascent.Noise(3 * KerasSize * KerasSize, seed: 4);
        _pictureGradient = Ascent.Noise(_picture.Length, seed: 5);
        _raster = KerasDeprocess.ToPicture(_picture, KerasSize, KerasSize, 3, PixelLayout.ChannelsFirst).Raster;
    }

    /// <summary>Picture from its spectrum.</summary>
    [Benchmark(Description = "Fourier parameterization forward, 128 px")]
    public void FourierForward() => _fourier.Forward(_parameters, _image, _scratch);

    /// <summary>Gradient to the spectrum.</summary>
    [Benchmark(Description = "Fourier parameterization backward, 128 px")]
    public void FourierBackward() => _fourier.Adjoint(_parameters, _image, _seen, _parameterGradient, _scratch);

    /// <summary>The picture through the chain.</summary>
    [Benchmark(Description = "lucid transforms forward, 128 px")]
    public void TransformForward() => _chain.Forward(_image, _seen);

    /// <summary>The gradient back through the chain.</summary>
    [Benchmark(Description = "lucid transforms backward, 128 px")]
    public void TransformBackward() => _chain.Adjoint(_seen, _image);

    /// <summary>A step of the optimiser.</summary>
    [Benchmark(Description = "Adam, 128 px spectrum")]
    public void AdamStep() => _adam.Step(1, _parameters, _parameterGradient, _state);

    /// <summary>A step of the Keras recipe.</summary>
    [Benchmark(Description = "normalized step, 180 px")]
    public void NormalizedStep() => new NormalizedGradientAscent().Step(1, _picture, _pictureGradient, []);

    /// <summary>The Keras recipe's picture.</summary>
    [Benchmark(Description = "picture of a result, 180 px")]
    public Raster Deprocess() => KerasDeprocess.ToPicture(_picture, KerasSize, KerasSize, 3, PixelLayout.ChannelsFirst).Raster;

    /// <summary>That picture as a file.</summary>
    [Benchmark(Description = "PNG, 130 px")]
    public byte[] Png() => PngEncoder.Encode(_raster);
}
