namespace CnnViz.Models;

/// <summary>
/// ResNets as torchvision and timm build them: the stride is in a block's 3x3 convolution ("v1.5"), where Keras has it in the
/// first 1x1, convolutions have no bias, and the classes are logits. Layers are named after torchvision's modules; a module used
/// twice, the ReLU, is "relu", then "relu_1" and so on, and what is no module has a name of its own ("layer1.0.add").
/// ResNet18 to ResNet152 have 11,689,512, 21,797,672, 25,557,032, 44,549,160 and 60,192,808 parameters.
/// </summary>
internal static class TorchResNet
{
    private static readonly int[] _widths = [64, 128, 256, 512];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="blocks">Blocks of layer1 to layer4.</param>
    /// <param name="bottleneck">Whether blocks have three convolutions (50 layers and more) or two.</param>
    public static ModelGraph Build(string name, string description, IReadOnlyList<int> blocks, bool bottleneck)
    {
        var builder = new TorchModelBuilder();
        builder.Conv2d("conv1", 64, 7, stride: 2, padding: 3, bias: false);
        builder.BatchNorm2d("bn1");
        builder.Relu("relu");
        builder.MaxPool2d("maxpool", 3, stride: 2, padding: 1);
        for (var stage = 0; stage < _widths.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                AddBlock(builder, $"layer{stage + 1}.{block}", _widths[stage], stage > 0 && block == 0 ? 2 : 1, bottleneck);
            }
        }

        builder.GlobalAverage("avgpool");
        builder.Linear("fc", KerasInput.Classes);
        return builder.Build(name, description);
    }

    private static void AddBlock(TorchModelBuilder builder, string name, int width, int stride, bool bottleneck)
    {
        var before = builder.Last;
        var made = bottleneck ? 4 * width : width;
        if (bottleneck)
        {
            Convolve(1, width, 1, 1);
            builder.Relu($"{name}.relu");
            Convolve(2, width, 3, stride);
            builder.Relu($"{name}.relu_1");
            Convolve(3, made, 1, 1);
        }
        else
        {
            Convolve(1, width, 3, stride);
            builder.Relu($"{name}.relu");
            Convolve(2, made, 3, 1);
        }

        var (main, shortcut) = (builder.Last, before);
        if (stride > 1 || builder.ChannelsOf(before) != made)
        {
            builder.Conv2d($"{name}.downsample.0", made, 1, stride, bias: false, from: before);
            shortcut = builder.BatchNorm2d($"{name}.downsample.1");
        }

        builder.Sum($"{name}.add", main, shortcut);
        builder.Relu(bottleneck ? $"{name}.relu_2" : $"{name}.relu_1");

        void Convolve(int index, int filters, int kernel, int step)
        {
            builder.Conv2d($"{name}.conv{index}", filters, kernel, step, kernel / 2, bias: false);
            builder.BatchNorm2d($"{name}.bn{index}");
        }
    }
}
