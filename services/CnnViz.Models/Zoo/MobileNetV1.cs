namespace CnnViz.Models;

/// <summary>
/// MobileNet (Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017) of
/// width 1.0 as Keras Applications builds it: 4,253,864 parameters with its classifier, 3,228,864 without. Sizes are multiples
/// of 32, at which its paddings are TensorFlow's.
/// </summary>
internal static class MobileNetV1
{
    /// <summary>Output channels and stride of the 13 blocks.</summary>
    private static readonly (int Filters, int Stride)[] _blocks =
    [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
        (1024, 2), (1024, 1),
    ];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier, which stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Symmetric(multiple: 32));
        var (three, two) = (new Size2D(3, 3), new Size2D(2, 2));
        builder.Conv2D("conv1", 32, three, two, KerasPadding.Same, bias: false);
        Normalized(builder, "conv1");
        for (var i = 1; i <= _blocks.Length; i++)
        {
            var (filters, stride) = _blocks[i - 1];
            if (stride == 1)
            {
                builder.DepthwiseConv2D($"conv_dw_{i}", 1, three, padding: KerasPadding.Same, bias: false);
            }
            else
            {
                builder.ZeroPadding2D($"conv_pad_{i}", new Padding2D(0, 1, 0, 1));
                builder.DepthwiseConv2D($"conv_dw_{i}", 1, three, two, bias: false);
            }

            Normalized(builder, $"conv_dw_{i}");
            builder.Conv2D($"conv_pw_{i}", filters, Size2D.One, bias: false);
            Normalized(builder, $"conv_pw_{i}");
        }

        if (includeTop)
        {
            // Keras leaves the pooling unnamed; the classes are a 1x1 convolution's channels.
            builder.GlobalPooling2D("global_average_pooling2d", PoolKind.Average, keepDims: true);
            builder.Dropout("dropout");
            builder.Conv2D("conv_preds", KerasInput.Classes, Size2D.One);
            builder.ReshapeCell("reshape_2", toMap: false);
            builder.Activation("predictions", new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void Normalized(KerasModelBuilder builder, string convolution)
    {
        builder.BatchNormalization($"{convolution}_bn");
        builder.Relu($"{convolution}_relu", upTo6: true);
    }
}
