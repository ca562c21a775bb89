namespace CnnViz.Models;

/// <summary>
/// The picture inputs of Keras Applications, by the modes of their preprocess_input; sizes are defaults in pixels.
/// </summary>
internal static class KerasInput
{
    /// <summary>ImageNet's classes.</summary>
    public const int Classes = 1000;

    private const int Usual = 224;

    /// <summary>Keras' "caffe" mode: blue, green, red, less ImageNet's means, unscaled.</summary>
    public static InputSpec Caffe(int size = Usual) =>
        Square(size, ChannelOrder.Bgr, [103.939f, 116.779f, 123.68f], [1, 1, 1]);

    /// <summary>Keras' "tf" mode: x / 127.5 - 1.</summary>
    /// <param name="size">Height and width.</param>
    /// <param name="multiple">Sizes must be multiples of this.</param>
    public static InputSpec Symmetric(int size = Usual, int multiple = 1) =>
        Square(size, ChannelOrder.Rgb, [127.5f, 127.5f, 127.5f], [127.5f, 127.5f, 127.5f], multiple);

    /// <summary>Keras' "torch" mode: x / 255, less ImageNet's means, by its standard deviations.</summary>
    public static InputSpec Torch(int size = Usual) =>
        Square(size, ChannelOrder.Rgb, [123.675f, 116.28f, 103.53f], [58.395f, 57.12f, 57.375f]);

    /// <summary>Pixels as they are, for networks that scale them themselves.</summary>
    public static InputSpec Raw(int size = Usual, int multiple = 1) =>
        Square(size, ChannelOrder.Rgb, [0, 0, 0], [1, 1, 1], multiple);

    private static InputSpec Square(int size, ChannelOrder order, float[] mean, float[] std, int multiple = 1) => new()
    {
        Name = "input_1",
        Height = size,
        Width = size,
        Channels = 3,
        Order = order,
        Mean = mean,
        Std = std,
        SizeMultiple = multiple,
    };
}
