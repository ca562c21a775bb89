namespace CnnViz.Models;

/// <summary>
/// SqueezeNet 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016; 1.1 is the authors'
/// later variant) under the layer names of its customary Keras port, which follow the authors' own: 1,235,496 parameters with
/// its classifier, 722,496 without. Poolings leave out a last incomplete window, as the port does.
/// </summary>
internal static class SqueezeNet
{
    private const int Size = 227;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    /// <summary>Squeezed and expanded channels of fire modules 2 to 9.</summary>
    private static readonly (int Squeeze, int Expand)[] _fires =
        [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier, whose global pooling lets any size run.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Caffe(Size)) { OrderByDepth = true };
        builder.Conv2D("conv1", 64, new Size2D(3, 3), new Size2D(2, 2));
        builder.Activation("relu_conv1", _relu);
        Pool(builder, "pool1");
        for (var fire = 2; fire < _fires.Length + 2; fire++)
        {
            AddFire(builder, $"fire{fire}", _fires[fire - 2]);
            if (fire is 3 or 5)
            {
                Pool(builder, $"pool{fire}");
            }
        }

        if (includeTop)
        {
            builder.Dropout("drop9");
            builder.Conv2D("conv10", KerasInput.Classes, Size2D.One);
            builder.Activation("relu_conv10", _relu);
            builder.GlobalPooling2D("global_average_pooling2d", PoolKind.Average);
            builder.Activation("loss", new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void Pool(KerasModelBuilder builder, string name) =>
        builder.Pooling2D(name, PoolKind.Max, new Size2D(3, 3), new Size2D(2, 2));

    private static void AddFire(KerasModelBuilder builder, string name, (int Squeeze, int Expand) width)
    {
        builder.Conv2D($"{name}/squeeze1x1", width.Squeeze, Size2D.One);
        var squeezed = builder.Activation($"{name}/relu_squeeze1x1", _relu);
        builder.Conv2D($"{name}/expand1x1", width.Expand, Size2D.One);
        var left = builder.Activation($"{name}/relu_expand1x1", _relu);
        builder.Conv2D($"{name}/expand3x3", width.Expand, new Size2D(3, 3), padding: KerasPadding.Same, from: squeezed);
        var right = builder.Activation($"{name}/relu_expand3x3", _relu);
        builder.Concatenate($"{name}/concat", left, right);
    }
}
