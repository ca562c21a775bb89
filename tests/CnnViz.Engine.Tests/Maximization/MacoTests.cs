using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>MaCo's parameterization and crops against numpy, PyTorch and finite differences.</summary>
public sealed class MacoTests
{
    [Theory]
    [InlineData(3, 12, 16)]
    [InlineData(1, 9, 10)]
    [InlineData(4, 8, 8)]
    public async Task Forward_RandomPhases_PictureAndGradientAsPyTorch(int channels, int height, int width)
    {
        var shape = new TensorShape(channels, height, width);
        var magnitudes = NaturalSpectrum.Magnitudes(shape);
        var parameterization = new MacoParameterization(shape, magnitudes);
        var parameters = Close.Random(parameterization.ParameterCount, 1);
        var gradient = Close.Random(channels * height * width, 2);
        var (image, parameterGradient) = (new float[gradient.Length], new float[parameters.Length]);
        var scratch = new float[parameterization.ScratchLength];

        parameterization.Forward(parameters, image, scratch);
        parameterization.Adjoint(parameters, image, gradient, parameterGradient, scratch);

        var expected = await PythonReference.RunAsync("maco", new { channels, height, width, magnitudes, parameters, gradient });
        Close.Arrays(expected.Doubles("image"), image, 2e-5);
        Close.Arrays(expected.Doubles("gradient"), parameterGradient, 1e-4);
    }

    [Theory]
    [InlineData("pixels")]
    [InlineData("pixels, colour, bounded")]
    [InlineData("fourier, unbounded, plain colour")]
    [InlineData("maco")]
    public void Adjoint_SmallPicture_AsFiniteDifferences(string name)
    {
        var shape = new TensorShape(3, 8, 10);
        IParameterization parameterization = name switch
        {
            "pixels" => new PixelParameterization(shape),
            "pixels, colour, bounded" => new PixelParameterization(shape, 1, decorrelate: true, bounded: true),
            "maco" => new MacoParameterization(shape),
            _ => new FourierParameterization(shape, 0.1, decorrelate: false, bounded: false),
        };
        var parameters = new float[parameterization.ParameterCount];
        parameterization.Initialize(new CounterRandom(1, RandomPurpose.Start, 0), parameters);
        var weights = Close.Random((int)shape.ElementCount, 4);
        var scratch = new float[parameterization.ScratchLength];
        var (image, gradient) = (new float[weights.Length], new float[parameters.Length]);

        parameterization.Forward(parameters, image, scratch);
        parameterization.Adjoint(parameters, image, weights, gradient, scratch);

        double Value(float[] at)
        {
            var picture = new float[weights.Length];
            parameterization.Forward(at, picture, scratch);
            return Close.Dot(picture, weights);
        }

        Close.Gradient(Value, parameters, gradient, 3e-3, 2e-3);
    }

    [Fact]
    public void NaturalSpectrum_AnyPicture_FallsWithFrequencyAndBrightnessDominates()
    {
        var magnitudes = NaturalSpectrum.Magnitudes(new TensorShape(3, 256, 256));

        float At(int channel, int y, int x) => magnitudes[(((channel * 256) + y) * 129) + x];
        Assert.Equal(0, At(0, 0, 0));
        Assert.All(magnitudes, m => Assert.True(m >= 0 && float.IsFinite(m)));
        Assert.True(At(0, 4, 4) > 4 * At(0, 32, 32), $"{At(0, 4, 4)} and {At(0, 32, 32)}");
        Assert.True(At(0, 8, 8) > At(1, 8, 8) && At(0, 8, 8) > At(2, 8, 8));
    }

    [Fact]
    public void Crops_OneDraw_EvenSquareOfThePictureWithItsAdjoint()
    {
        var (shape, network) = (new TensorShape(2, 20, 24), new TensorShape(2, 12, 12));
        var crop = new CropTransform(shape, network, new CropOptions { NormalNoise = 0, UniformNoise = 0 });
        crop.Draw(new CounterRandom(3, RandomPurpose.Transform, 1), 0.3);
        var image = Close.Random(2 * 20 * 24, 1);
        var gradient = Close.Random(2 * 12 * 12, 2);
        var (seen, back) = (new float[gradient.Length], new float[image.Length]);

        crop.Forward(image, seen);
        crop.Adjoint(gradient, back);

        Assert.Equal(Close.Dot(seen, gradient), Close.Dot(image, back), 1e-4);
        float[] ramp = [.. Enumerable.Range(0, 2 * 20 * 24).Select(i => (float)(i / (20 * 24) == 0 ? i % 24 : i / 24 % 20))];
        crop.Forward(ramp, seen);

        // A crop of two ramps shows where its cells lie: a square grid of equal steps inside the picture.
        var step = seen[6] - seen[5];
        Assert.All(Enumerable.Range(2, 8), i => Assert.Equal(step, seen[i + 1] - seen[i], 1e-3));
        Assert.Equal(step, seen[144 + (6 * 12)] - seen[144 + (5 * 12)], 1e-3);
        Assert.InRange(step * 12, 0.05 * 20, 20);
    }

    [Fact]
    public void Crops_NoiseAsked_AsItsDeviations()
    {
        var (shape, network) = (new TensorShape(3, 16, 16), new TensorShape(3, 64, 64));
        var crop = new CropTransform(shape, network, new CropOptions());
        crop.Draw(new CounterRandom(3, RandomPurpose.Transform, 1), 0.3);
        var seen = new float[network.ElementCount];

        crop.Forward(new float[shape.ElementCount], seen);

        // 0.08^2 + 0.04^2 / 3
        Assert.Equal(Math.Sqrt(0.0064 + 0.000533), Math.Sqrt(Close.Dot(seen, seen) / seen.Length), 2e-3);
    }
}
