namespace CnnViz.Models;

/// <summary>
/// MobileNetV2 (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018) of width 1.0 as Keras
/// Applications builds it: 3,538,984 parameters with its classifier, 2,257,984 without. Keras chooses paddings by the size; at
/// multiples of 32, which alone run here, they are the same everywhere.
/// </summary>
internal static class MobileNetV2
{
    /// <summary>Output channels and stride of blocks 1 to 16, which expand their input six times.</summary>
    private static readonly (int Filters, int Stride)[] _blocks =
    [
        (24, 2), (24, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1), (64, 1), (96, 1), (96, 1), (96, 1), (160, 2),
        (160, 1), (160, 1),
        (320, 1),
    ];

    private static readonly Size2D _three = new(3, 3);

    private static readonly Size2D _two = new(2, 2);

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier, which stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Symmetric(multiple: 32)) { OrderByDepth = true };
        builder.Conv2D("Conv1", 32, _three, _two, KerasPadding.Same, bias: false);
        builder.BatchNormalization("bn_Conv1");
        builder.Relu("Conv1_relu", upTo6: true);
        Narrow(builder, "expanded_conv_", 16, stride: 1);
        for (var i = 1; i <= _blocks.Length; i++)
        {
            AddBlock(builder, $"block_{i}_", _blocks[i - 1].Filters, _blocks[i - 1].Stride);
        }

        builder.Conv2D("Conv_1", 1280, Size2D.One, bias: false);
        builder.BatchNormalization("Conv_1_bn");
        builder.Relu("out_relu", upTo6: true);
        if (includeTop)
        {
            builder.GlobalPooling2D("global_average_pooling2d", PoolKind.Average);
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void AddBlock(KerasModelBuilder builder, string prefix, int filters, int stride)
    {
        const int expansion = 6;
        var before = builder.Last;
        var channels = builder.ShapeOf(before).Channels;
        builder.Conv2D($"{prefix}expand", expansion * channels, Size2D.One, bias: false);
        builder.BatchNormalization($"{prefix}expand_BN");
        builder.Relu($"{prefix}expand_relu", upTo6: true);
        var narrow = Narrow(builder, prefix, filters, stride);
        if (stride == 1 && channels == filters)
        {
            builder.Sum($"{prefix}add", before, narrow);
        }
    }

    /// <summary>The depthwise convolution and the linear one behind it.</summary>
    private static string Narrow(KerasModelBuilder builder, string prefix, int filters, int stride)
    {
        if (stride == 1)
        {
            builder.DepthwiseConv2D($"{prefix}depthwise", 1, _three, padding: KerasPadding.Same, bias: false);
        }
        else
        {
            builder.ZeroPadding2D($"{prefix}pad", new Padding2D(0, 1, 0, 1));
            builder.DepthwiseConv2D($"{prefix}depthwise", 1, _three, _two, bias: false);
        }

        builder.BatchNormalization($"{prefix}depthwise_BN");
        builder.Relu($"{prefix}depthwise_relu", upTo6: true);
        builder.Conv2D($"{prefix}project", filters, Size2D.One, bias: false);
        return builder.BatchNormalization($"{prefix}project_BN");
    }
}
