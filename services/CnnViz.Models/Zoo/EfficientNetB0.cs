namespace CnnViz.Models;

/// <summary>
/// EfficientNetB0 (Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019) as Keras
/// Applications builds it for its ImageNet weights: 5,330,571 parameters with its classifier, 4,049,571 without. It scales and
/// normalizes pixels itself; the second rescaling, by 1 / sqrt of ImageNet's deviations, is part of the network that those
/// weights were made for. Keras chooses paddings by the size; at multiples of 32, which alone run here, they are the same.
/// </summary>
internal static class EfficientNetB0
{
    private static readonly ActivationOp _swish = new(ActivationKind.Silu);

    /// <summary>ImageNet's standard deviations, of pixels / 255.</summary>
    private static readonly double[] _deviations = [0.229, 0.224, 0.225];

    private static readonly Stage[] _stages =
    [
        new(3, 1, 16, 1, 1), new(3, 2, 24, 6, 2), new(5, 2, 40, 6, 2), new(3, 3, 80, 6, 2), new(5, 3, 112, 6, 1),
        new(5, 4, 192, 6, 2),
        new(3, 1, 320, 6, 1),
    ];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier, which stands behind a global pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var builder = new KerasModelBuilder(KerasInput.Raw(multiple: 32)) { OrderByDepth = true };
        builder.Rescaling("rescaling", 1f / 255);
        builder.Normalization("normalization");
        builder.Rescaling("rescaling_1", [.. _deviations.Select(deviation => (float)(1 / Math.Sqrt(deviation)))]);
        builder.ZeroPadding2D("stem_conv_pad", Before(3));
        builder.Conv2D("stem_conv", 32, new Size2D(3, 3), new Size2D(2, 2), bias: false);
        Normalized(builder, "stem_bn", "stem_activation");
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            for (var block = 0; block < _stages[stage].Blocks; block++)
            {
                AddBlock(builder, $"block{stage + 1}{(char)('a' + block)}_", _stages[stage], first: block == 0);
            }
        }

        builder.Conv2D("top_conv", 1280, Size2D.One, bias: false);
        Normalized(builder, "top_bn", "top_activation");
        if (includeTop)
        {
            builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            builder.Dropout("top_dropout");
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }

    private static void AddBlock(KerasModelBuilder builder, string prefix, Stage stage, bool first)
    {
        var before = builder.Last;
        var channels = builder.ShapeOf(before).Channels;
        if (stage.Expansion > 1)
        {
            builder.Conv2D($"{prefix}expand_conv", stage.Expansion * channels, Size2D.One, bias: false);
            Normalized(builder, $"{prefix}expand_bn", $"{prefix}expand_activation");
        }

        var kernel = new Size2D(stage.Kernel, stage.Kernel);
        if (first && stage.Stride > 1)
        {
            builder.ZeroPadding2D($"{prefix}dwconv_pad", Before(stage.Kernel));
            builder.DepthwiseConv2D($"{prefix}dwconv", 1, kernel, new Size2D(stage.Stride, stage.Stride), bias: false);
        }
        else
        {
            builder.DepthwiseConv2D($"{prefix}dwconv", 1, kernel, padding: KerasPadding.Same, bias: false);
        }

        Normalized(builder, $"{prefix}bn", $"{prefix}activation");
        SqueezeAndExcite(builder, prefix, channels / 4);
        builder.Conv2D($"{prefix}project_conv", stage.Filters, Size2D.One, bias: false);
        builder.BatchNormalization($"{prefix}project_bn");
        if (!first)
        {
            var dropped = builder.Dropout($"{prefix}drop");
            builder.Sum($"{prefix}add", dropped, before);
        }
    }

    /// <summary>
    /// Scales each channel by what the whole map says of it; the hidden width counts the block's input channels.
    /// </summary>
    private static void SqueezeAndExcite(KerasModelBuilder builder, string prefix, int squeezed)
    {
        var map = builder.Last;
        builder.GlobalPooling2D($"{prefix}se_squeeze", PoolKind.Average);
        builder.ReshapeCell($"{prefix}se_reshape", toMap: true);
        builder.Conv2D($"{prefix}se_reduce", squeezed, Size2D.One, activation: _swish);
        var sigmoid = new ActivationOp(ActivationKind.Sigmoid);
        var gate = builder.Conv2D($"{prefix}se_expand", builder.ShapeOf(map).Channels, Size2D.One, activation: sigmoid);
        builder.Product($"{prefix}se_excite", map, gate);
    }

    private static void Normalized(KerasModelBuilder builder, string normalization, string activation)
    {
        builder.BatchNormalization(normalization);
        builder.Activation(activation, _swish);
    }

    /// <summary>
    /// Keras' padding before a convolution of stride 2 over an even map: the missing cell is above and to the left.
    /// </summary>
    private static Padding2D Before(int kernel) => new((kernel / 2) - 1, kernel / 2, (kernel / 2) - 1, kernel / 2);

    /// <summary>Blocks of one kernel size and width; the first alone has the stride.</summary>
    private sealed record Stage(int Kernel, int Blocks, int Filters, int Expansion, int Stride);
}
