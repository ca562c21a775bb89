namespace CnnViz.Models;

/// <summary>
/// ResNet50V2, ResNet101V2 and ResNet152V2 (He et al., "Identity mappings in deep residual networks", ECCV 2016) as Keras
/// Applications builds them: 25,613,800, 44,675,560 and 60,380,648 parameters with their classifiers. Layers have Keras' names
/// and stand in the order of Keras' summary, which puts a block's shortcut just before the convolution that ends its main path.
/// </summary>
internal static class ResNetV2
{
    private const float Epsilon = 1.001e-5f;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    /// <summary>Stages conv2 to conv5: width, and the stride of the last block.</summary>
    private static readonly (int Filters, int Stride)[] _stages = [(64, 2), (128, 2), (256, 2), (512, 1)];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="blocks">Blocks of stages conv2 to conv5.</param>
    /// <param name="includeTop">With the classifier. Any size runs either way, since it stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, IReadOnlyList<int> blocks, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Symmetric());
        builder.ZeroPadding2D("conv1_pad", Padding2D.Uniform(3));
        builder.Conv2D("conv1_conv", 64, new Size2D(7, 7), new Size2D(2, 2));
        builder.ZeroPadding2D("pool1_pad", Padding2D.Uniform(1));
        builder.Pooling2D("pool1_pool", PoolKind.Max, new Size2D(3, 3), new Size2D(2, 2));

        var pools = new List<string>();
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            var (filters, stride) = _stages[stage];
            for (var block = 1; block <= blocks[stage]; block++)
            {
                var step = block == blocks[stage] ? stride : 1;
                AddBlock(builder, $"conv{stage + 2}_block{block}", filters, step, first: block == 1, pools);
            }
        }

        builder.BatchNormalization("post_bn", Epsilon);
        builder.Activation("post_relu", _relu);
        if (includeTop)
        {
            builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
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
