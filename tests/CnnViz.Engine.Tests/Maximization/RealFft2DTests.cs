using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class RealFft2DTests
{
    // Powers of two, mixed radices, odd extents, primes, one row, one column.
    public static TheoryData<int, int> Sizes => new()
    {
        { 128, 128 }, { 32, 24 }, { 180, 180 }, { 15, 9 }, { 16, 21 }, { 7, 11 }, { 37, 53 },
        { 1, 8 }, { 8, 1 }, { 1, 1 }, { 2, 2 }, { 97, 64 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Inverse_AnySpectrum_AsNumpy(int height, int width)
    {
        var fft = new RealFft2D(height, width);
        var (re, im) = (Close.Random(fft.SpectrumLength, 1), Close.Random(fft.SpectrumLength, 2));
        var image = new float[height * width];

        fft.Inverse(re, im, image, new float[fft.ScratchLength]);

        var expected = await PythonReference.RunAsync("irfft2", new { height, width, re, im });
        Close.Arrays(expected.Doubles("image"), image, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Forward_AnyPicture_AsNumpy(int height, int width)
    {
        var fft = new RealFft2D(height, width);
        var image = Close.Random(height * width, 3);
        var (re, im) = (new float[fft.SpectrumLength], new float[fft.SpectrumLength]);

        fft.Forward(image, re, im, new float[fft.ScratchLength]);

        var expected = await PythonReference.RunAsync("rfft2", new { height, width, image });
        float[] both = [.. re, .. im];
        Close.Arrays([.. expected.Doubles("re"), .. expected.Doubles("im")], both, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void InverseAdjoint_RandomVectors_SameInnerProduct(int height, int width)
    {
        var fft = new RealFft2D(height, width);
        var (re, im) = (Close.Random(fft.SpectrumLength, 4), Close.Random(fft.SpectrumLength, 5));
        var y = Close.Random(height * width, 6);
        var image = new float[height * width];
        var (adjointRe, adjointIm) = (new float[fft.SpectrumLength], new float[fft.SpectrumLength]);

        fft.Inverse(re, im, image, new float[fft.ScratchLength]);
        fft.InverseAdjoint(y, adjointRe, adjointIm, new float[fft.ScratchLength]);

        var scale = Math.Sqrt(Close.Dot(image, image) * Close.Dot(y, y));
        Assert.Equal(Close.Dot(image, y) / scale, (Close.Dot(re, adjointRe) + Close.Dot(im, adjointIm)) / scale, 1e-6);
    }

    [Fact]
    public void Inverse_DirtyScratch_SameResult()
    {
        var fft = new RealFft2D(15, 9);
        var (re, im) = (Close.Random(fft.SpectrumLength, 1), Close.Random(fft.SpectrumLength, 2));
        var (clean, dirty) = (new float[15 * 9], new float[15 * 9]);
        var scratch = new float[fft.ScratchLength];

        fft.Inverse(re, im, clean, scratch);
        Array.Fill(scratch, float.NaN);
        fft.Inverse(re, im, dirty, scratch);

        Assert.Equal(clean, dirty);
    }
}
