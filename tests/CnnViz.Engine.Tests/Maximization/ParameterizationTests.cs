using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class ParameterizationTests
{
    [Theory]
    [InlineData(3, 16, 16)]
    [InlineData(3, 15, 21)]
    [InlineData(1, 12, 20)]
    [InlineData(4, 8, 10)]
    public async Task Fourier_RandomCoefficients_PictureAndGradientAsPyTorch(int channels, int height, int width)
    {
        var parameterization = new FourierParameterization(new TensorShape(channels, height, width));
        float[] parameters = [.. Close.Random(parameterization.ParameterCount, 1).Select(x => x * 0.3f)];
        var gradient = Close.Random(channels * height * width, 2);
        var image = new float[gradient.Length];
        var parameterGradient = new float[parameters.Length];
        var scratch = new float[parameterization.ScratchLength];

        parameterization.Forward(parameters, image, scratch);
        parameterization.Adjoint(parameters, image, gradient, parameterGradient, scratch);

        var expected = await PythonReference.RunAsync("fourier", new { channels, height, width, parameters, gradient });
        Close.Arrays(expected.Doubles("image"), image, 2e-6);
        Close.Arrays(expected.Doubles("gradient"), parameterGradient, 2e-6);
    }

    [Fact]
    public void FourierAdjoint_SmallPicture_AsFiniteDifferences()
    {
        var parameterization = new FourierParameterization(new TensorShape(3, 8, 10));
        var parameters = Close.Random(parameterization.ParameterCount, 3).Select(x => x * 0.2f).ToArray();
        var weights = Close.Random(3 * 8 * 10, 4);
        var scratch = new float[parameterization.ScratchLength];
        var image = new float[weights.Length];
        var gradient = new float[parameters.Length];

        double Value(float[] at)
        {
            var picture = new float[weights.Length];
            parameterization.Forward(at, picture, scratch);
            return Close.Dot(picture, weights);
        }

        parameterization.Forward(parameters, image, scratch);
        parameterization.Adjoint(parameters, image, weights, gradient, scratch);

        Close.Gradient(Value, parameters, gradient, 1e-2, 1e-3);
    }

    [Fact]
    public void FourierInitialize_ManyCoefficients_DeviationAsAsked()
    {
        var parameterization = new FourierParameterization(new TensorShape(3, 64, 64), deviation: 0.01);
        var parameters = new float[parameterization.ParameterCount];

        parameterization.Initialize(new CounterRandom(1, RandomPurpose.Start, 0), parameters);

        Assert.InRange(Math.Sqrt(Close.Dot(parameters, parameters) / parameters.Length), 0.0097, 0.0103);
    }

    [Fact]
    public void PixelInitialize_DefaultAmplitude_UniformWithinAnEighth()
    {
        var parameterization = new PixelParameterization(new TensorShape(3, 64, 64));
        var parameters = new float[parameterization.ParameterCount];

        parameterization.Initialize(new CounterRandom(1, RandomPurpose.Start, 0), parameters);

        Assert.All(parameters, x => Assert.InRange(x, -0.125f, 0.125f));
        Assert.InRange(parameters.Max(), 0.12f, 0.125f);
        Assert.InRange(parameters.Min(), -0.125f, -0.12f);
    }

    [Fact]
    public void Correlate_UnitVectors_ColumnsOfTheMatrixWithLargestNormOne()
    {
        var norms = new List<double>();
        for (var column = 0; column < 3; column++)
        {
            var planes = new float[3 * 11];
            Array.Fill(planes, 1, column * 11, 11);

            ColorDecorrelation.Correlate(planes);

            var pixel = new[] { planes[5], planes[16], planes[27] };
            Assert.Equal(pixel, Enumerable.Range(0, 3).Select(row => ColorDecorrelation.Coefficient(row, column)));
            norms.Add(Math.Sqrt(pixel.Sum(x => (double)x * x)));
        }

        Assert.Equal(1, norms.Max(), 1e-4);
        Assert.Equal(0.26 / 0.46195, ColorDecorrelation.Coefficient(0, 0), 1e-6);
        Assert.Equal(-0.05 / 0.46195, ColorDecorrelation.Coefficient(1, 2), 1e-6);
    }

    [Fact]
    public void CorrelateAdjoint_RandomPlanes_SameInnerProduct()
    {
        var (x, y) = (Close.Random(3 * 21, 1), Close.Random(3 * 21, 2));
        float[] forward = [.. x];
        float[] backward = [.. y];

        ColorDecorrelation.Correlate(forward);
        ColorDecorrelation.CorrelateAdjoint(backward);

        Assert.Equal(Close.Dot(forward, y), Close.Dot(x, backward), 1e-5);
    }
}
