namespace CnnViz.Models;

/// <summary>
/// ResNet50V2 (He et al., "Identity mappings in deep residual networks", ECCV 2016) as Keras Applications builds it: 25,613,800
/// parameters with its classifier, 23,564,800 without. Layers have Keras' names and stand in the order of Keras' summary, which
/// puts a block's shortcut just before the convolution that ends its main path.
/// </summary>
internal static class ResNet50V2
{
    private const int Size = 224;
    private const int Classes = 1000;
    private const float Epsilon = 1.001e-5f;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    /// <summary>Stages conv2 to conv5: width, blocks, and the stride of the last block.</summary>
    private static readonly (int Filters, int Blocks, int Stride)[] _stages = [(64, 3, 2), (128, 4, 2), (256, 6, 2), (512, 3, 1)];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier. Any size runs either way, since it stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(new InputSpec
        {
            Name = "input_1",
            Height = Size,
            Width = Size,
            Channels = 3,

            // Keras' "tf" preprocessing: x / 127.5 - 1.
            Order = ChannelOrder.Rgb,
            Mean = [127.5f, 127.5f, 127.5f],
            Std = [127.5f, 127.5f, 127.5f],
        });
        builder.ZeroPadding2D("conv1_pad", Padding2D.Uniform(3));
        builder.Conv2D("conv1_conv", 64, new Size2D(7, 7), new Size2D(2, 2));
        builder.ZeroPadding2D("pool1_pad", Padding2D.Uniform(1));
        builder.Pooling2D("pool1_pool", PoolKind.Max, new Size2D(3, 3), new Size2D(2, 2));

        var pools = new List<string>();
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            var (filters, blocks, stride) = _stages[stage];
            for (var block = 1; block <= blocks; block++)
            {
                var step = block == blocks ? stride : 1;
                AddBlock(builder, $"conv{stage + 2}_block{block}", filters, step, first: block == 1, pools);
            }
        }

        builder.BatchNormalization("post_bn", Epsilon);
        builder.Activation("post_relu", _relu);
        if (includeTop)
        {
            builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            builder.Dense("predictions", Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void AddBlock(KerasModelBuilder builder, string name, int filters, int stride, bool first, List<string> pools)
    {
        const int expansion = 4;
        var before = builder.Last;
        var step = new Size2D(stride, stride);
        builder.BatchNormalization($"{name}_preact_bn", Epsilon);
        var preactivated = builder.Activation($"{name}_preact_relu", _relu);
        builder.Conv2D($"{name}_1_conv", filters, Size2D.One, bias: false);
        builder.BatchNormalization($"{name}_1_bn", Epsilon);
        builder.Activation($"{name}_1_relu", _relu);
        builder.ZeroPadding2D($"{name}_2_pad", Padding2D.Uniform(1));
        builder.Conv2D($"{name}_2_conv", filters, new Size2D(3, 3), step, bias: false);
        builder.BatchNormalization($"{name}_2_bn", Epsilon);
        var main = builder.Activation($"{name}_2_relu", _relu);
        var shortcut = before;
        if (first)
        {
            shortcut = builder.Conv2D($"{name}_0_conv", expansion * filters, Size2D.One, step, from: preactivated);
        }
        else if (stride > 1)
        {
            // Keras gives these no name; it numbers them.
            var pool = pools.Count == 0 ? "max_pooling2d" : $"max_pooling2d_{pools.Count}";
            pools.Add(pool);
            shortcut = builder.Pooling2D(pool, PoolKind.Max, Size2D.One, step, from: before);
        }

        var end = builder.Conv2D($"{name}_3_conv", expansion * filters, Size2D.One, from: main);
        builder.Sum($"{name}_out", shortcut, end);
    }
}
