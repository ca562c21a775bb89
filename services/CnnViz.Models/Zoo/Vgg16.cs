namespace CnnViz.Models;

/// <summary>
/// VGG16 (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015) as Keras
/// Applications builds it, layer by layer under the same names: 138,357,544 parameters with its classifier, 14,714,688 without.
/// </summary>
internal static class Vgg16
{
    private const int Size = 224;
    private const int HiddenUnits = 4096;
    private const int Classes = 1000;

    private static readonly (int Convolutions, int Filters)[] _blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier, which fixes the input at 224x224; without it any size from 32 runs.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var relu = new ActivationOp(ActivationKind.Relu);
        var builder = new KerasModelBuilder(new InputSpec
        {
            Name = "input_1",
            Height = Size,
            Width = Size,
            Channels = 3,

            // Keras' "caffe" preprocessing: blue, green, red, less ImageNet's means, unscaled.
            Order = ChannelOrder.Bgr,
            Mean = [103.939f, 116.779f, 123.68f],
            Std = [1, 1, 1],
        });
        for (var block = 1; block <= _blocks.Length; block++)
        {
            var (convolutions, filters) = _blocks[block - 1];
            for (var i = 1; i <= convolutions; i++)
            {
                builder.Conv2D($"block{block}_conv{i}", filters, new Size2D(3, 3), padding: KerasPadding.Same, activation: relu);
            }

            builder.Pooling2D($"block{block}_pool", PoolKind.Max, new Size2D(2, 2));
        }

        if (includeTop)
        {
            builder.Flatten("flatten");
            builder.Dense("fc1", HiddenUnits, relu);
            builder.Dense("fc2", HiddenUnits, relu);
            builder.Dense("predictions", Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }
}
