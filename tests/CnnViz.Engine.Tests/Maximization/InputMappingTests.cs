using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class InputMappingTests
{
    [Fact]
    public void Forward_Bgr_ReversedScaledAndShifted()
    {
        var mapping = new InputMapping(Spec(ChannelOrder.Bgr, 3, [103.53f, 116.28f, 123.675f], [57.375f, 57.12f, 58.395f]));
        var network = new float[6];

        // Red -1 and 1, green 0 and 0.5, blue 0.2 and -0.4.
        mapping.Forward([-1, 1, 0, 0.5f, 0.2f, -0.4f], network);

        double[] expected =
        [
            ((1.2 * 127.5) - 103.53) / 57.375, ((0.6 * 127.5) - 103.53) / 57.375,
            (127.5 - 116.28) / 57.12, ((1.5 * 127.5) - 116.28) / 57.12,
            (0 - 123.675) / 58.395, (255 - 123.675) / 58.395,
        ];
        Close.Arrays(expected, network, 1e-6);
    }

    [Fact]
    public void Forward_Rgba_FourthChannelConstantWhateverThePicture()
    {
        var mapping = new InputMapping(Spec(ChannelOrder.Rgba, 4, [0, 0, 0, 0], [1, 1, 1, 1]));
        var network = new float[8];
        var gradient = new float[6];

        mapping.Forward([-1, 1, 0, 0, 1, 1], network);
        mapping.Adjoint([1, 1, 1, 1, 1, 1, 99, 99], gradient);

        Assert.Equal(3, mapping.Channels);
        Assert.Equal([0, 255, 127.5f, 127.5f, 255, 255, 1, 1], network);
        Assert.All(gradient, g => Assert.Equal(127.5f, g));
    }

    [Theory]
    [InlineData(ChannelOrder.Gray, 1)]
    [InlineData(ChannelOrder.Rgb, 3)]
    [InlineData(ChannelOrder.Bgr, 3)]
    [InlineData(ChannelOrder.Rgba, 4)]
    [InlineData(ChannelOrder.Other, 5)]
    public void Adjoint_LinearPart_SameInnerProduct(ChannelOrder order, int channels)
    {
        var mapping = new InputMapping(
            Spec(
                order,
                channels,
                [.. Enumerable.Range(0, channels).Select(c => 10f * c)],
                [.. Enumerable.Range(0, channels).Select(c => 30f + c)]));
        const int Plane = 6;
        var (x, y) = (Close.Random(mapping.Channels * Plane, 1), Close.Random(channels * Plane, 2));
        var (offset, forward, backward) = (new float[y.Length], new float[y.Length], new float[x.Length]);

        mapping.Forward(new float[x.Length], offset);
        mapping.Forward(x, forward);
        mapping.Adjoint(y, backward);

        Assert.Equal(Close.Dot(forward, y) - Close.Dot(offset, y), Close.Dot(x, backward), 1e-4);
    }

    [Fact]
    public void Constructor_ChannelsAgainstOrder_Refused() =>
        Assert.Throws<ArgumentException>(() => new InputMapping(Spec(ChannelOrder.Rgb, 4, [0, 0, 0, 0], [1, 1, 1, 1])));

    private static InputSpec Spec(ChannelOrder order, int channels, float[] mean, float[] std) => new()
    {
        Name = "image",
        Height = 8,
        Width = 8,
        Channels = channels,
        Order = order,
        Mean = mean,
        Std = std,
    };
}
