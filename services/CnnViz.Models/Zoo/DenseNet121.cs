namespace CnnViz.Models;

/// <summary>
/// DenseNet121 (Huang et al., "Densely connected convolutional networks", CVPR 2017) as Keras Applications builds it: 8,062,504
/// parameters with its classifier, 7,037,504 without. The stem's layers have Keras 2's names ("conv1/conv"), as in the weight
/// files; Keras 3 writes "conv1_conv".
/// </summary>
internal static class DenseNet121
{
    private const int Growth = 32;
    private const float Epsilon = 1.001e-5f;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    /// <summary>Layers of the dense blocks conv2 to conv5.</summary>
    private static readonly int[] _blocks = [6, 12, 24, 16];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier. Any size runs either way, since it stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Torch()) { OrderByDepth = true };
        var two = new Size2D(2, 2);
        builder.ZeroPadding2D("zero_padding2d", Padding2D.Uniform(3));
        builder.Conv2D("conv1/conv", 64, new Size2D(7, 7), two, bias: false);
        builder.BatchNormalization("conv1/bn", Epsilon);
        builder.Activation("conv1/relu", _relu);
        builder.ZeroPadding2D("zero_padding2d_1", Padding2D.Uniform(1));
        builder.Pooling2D("pool1", PoolKind.Max, new Size2D(3, 3), two);
        for (var block = 0; block < _blocks.Length; block++)
        {
            for (var layer = 1; layer <= _blocks[block]; layer++)
            {
                AddLayer(builder, $"conv{block + 2}_block{layer}");
            }

            if (block + 1 < _blocks.Length)
            {
                var transition = $"pool{block + 2}";
                builder.BatchNormalization($"{transition}_bn", Epsilon);
                builder.Activation($"{transition}_relu", _relu);
                builder.Conv2D($"{transition}_conv", builder.ShapeOf(builder.Last).Channels / 2, Size2D.One, bias: false);
                builder.Pooling2D($"{transition}_pool", PoolKind.Average, two);
            }
        }

        builder.BatchNormalization("bn", Epsilon);
        builder.Activation("relu", _relu);
        if (includeTop)
        {
            builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void AddLayer(KerasModelBuilder builder, string name)
    {
        const int bottleneck = 4;
        var before = builder.Last;
        builder.BatchNormalization($"{name}_0_bn", Epsilon);
        builder.Activation($"{name}_0_relu", _relu);
        builder.Conv2D($"{name}_1_conv", bottleneck * Growth, Size2D.One, bias: false);
        builder.BatchNormalization($"{name}_1_bn", Epsilon);
        builder.Activation($"{name}_1_relu", _relu);
        var grown = builder.Conv2D($"{name}_2_conv", Growth, new Size2D(3, 3), padding: KerasPadding.Same, bias: false);
        builder.Concatenate($"{name}_concat", before, grown);
    }
}
