namespace CnnViz.Models;

/// <summary>
/// ResNet50, ResNet101 and ResNet152 (He et al., "Deep residual learning for image recognition", CVPR 2016) as Keras
/// Applications builds them: 25,636,712, 44,707,176 and 60,419,944 parameters with their classifiers. A stage's first 1x1
/// convolution has its stride; torchvision's networks of the same names have it in the 3x3 (<see cref="TorchResNet"/>).
/// </summary>
internal static class ResNetV1
{
    private const float Epsilon = 1.001e-5f;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    private static readonly int[] _filters = [64, 128, 256, 512];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="blocks">Blocks of stages conv2 to conv5.</param>
    /// <param name="includeTop">With the classifier. Any size runs either way, since it stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, IReadOnlyList<int> blocks, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Caffe()) { OrderByDepth = true };
        builder.ZeroPadding2D("conv1_pad", Padding2D.Uniform(3));
        builder.Conv2D("conv1_conv", 64, new Size2D(7, 7), new Size2D(2, 2));
        builder.BatchNormalization("conv1_bn", Epsilon);
        builder.Activation("conv1_relu", _relu);
        builder.ZeroPadding2D("pool1_pad", Padding2D.Uniform(1));
        builder.Pooling2D("pool1_pool", PoolKind.Max, new Size2D(3, 3), new Size2D(2, 2));
        for (var stage = 0; stage < _filters.Length; stage++)
        {
            for (var block = 1; block <= blocks[stage]; block++)
            {
                var stride = stage > 0 && block == 1 ? 2 : 1;
                AddBlock(builder, $"conv{stage + 2}_block{block}", _filters[stage], stride, first: block == 1);
            }
        }

        if (includeTop)
        {
            builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void AddBlock(KerasModelBuilder builder, string name, int filters, int stride, bool first)
    {
        const int expansion = 4;
        var before = builder.Last;
        var step = new Size2D(stride, stride);
        var shortcut = before;
        if (first)
        {
            builder.Conv2D($"{name}_0_conv", expansion * filters, Size2D.One, step);
            shortcut = builder.BatchNormalization($"{name}_0_bn", Epsilon);
        }

        builder.Conv2D($"{name}_1_conv", filters, Size2D.One, step, from: before);
        builder.BatchNormalization($"{name}_1_bn", Epsilon);
        builder.Activation($"{name}_1_relu", _relu);
        builder.Conv2D($"{name}_2_conv", filters, new Size2D(3, 3), padding: KerasPadding.Same);
        builder.BatchNormalization($"{name}_2_bn", Epsilon);
        builder.Activation($"{name}_2_relu", _relu);
        builder.Conv2D($"{name}_3_conv", expansion * filters, Size2D.One);
        var main = builder.BatchNormalization($"{name}_3_bn", Epsilon);
        builder.Sum($"{name}_add", shortcut, main);
        builder.Activation($"{name}_out", _relu);
    }
}
