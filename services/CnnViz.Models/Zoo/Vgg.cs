namespace CnnViz.Models;

/// <summary>
/// VGG16 and VGG19 (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015) as
/// Keras Applications builds them, layer by layer under the same names: 138,357,544 and 143,667,240 parameters with their
/// classifiers, 14,714,688 and 20,024,384 without.
/// </summary>
internal static class Vgg
{
    private const int HiddenUnits = 4096;

    private static readonly int[] _filters = [64, 128, 256, 512, 512];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="convolutions">Convolutions of the five blocks.</param>
    /// <param name="includeTop">With the classifier, which fixes the input at 224x224; without it any size from 32 runs.</param>
    public static ModelGraph Build(string name, string description, IReadOnlyList<int> convolutions, bool includeTop)
    {
        var relu = new ActivationOp(ActivationKind.Relu);
        var builder = new KerasModelBuilder(KerasInput.Caffe());
        for (var block = 1; block <= _filters.Length; block++)
        {
            for (var i = 1; i <= convolutions[block - 1]; i++)
            {
                var layer = $"block{block}_conv{i}";
                builder.Conv2D(layer, _filters[block - 1], new Size2D(3, 3), padding: KerasPadding.Same, activation: relu);
            }

            builder.Pooling2D($"block{block}_pool", PoolKind.Max, new Size2D(2, 2));
        }

        if (includeTop)
        {
            builder.Flatten("flatten");
            builder.Dense("fc1", HiddenUnits, relu);
            builder.Dense("fc2", HiddenUnits, relu);
            builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return builder.Build(name, description);
    }
}
