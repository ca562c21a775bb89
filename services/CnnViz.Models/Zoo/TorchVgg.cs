namespace CnnViz.Models;

/// <summary>
/// VGG16 and VGG19 without batch normalization as torchvision builds them, under its modules' names: the same layers as Keras',
/// but RGB input of another scale, flattened (channels, height, width), and logits. 138,357,544 and 143,667,240 parameters.
/// Their adaptive pooling to 7x7 is the identity at 224x224, the one size that runs.
/// </summary>
internal static class TorchVgg
{
    private const int HiddenUnits = 4096;

    private static readonly int[] _filters = [64, 128, 256, 512, 512];

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="convolutions">Convolutions of the five blocks.</param>
    public static ModelGraph Build(string name, string description, IReadOnlyList<int> convolutions)
    {
        var builder = new TorchModelBuilder();
        var index = 0;
        for (var block = 0; block < _filters.Length; block++)
        {
            for (var i = 0; i < convolutions[block]; i++)
            {
                builder.Conv2d($"features.{index++}", _filters[block], 3, padding: 1);
                builder.Relu($"features.{index++}");
            }

            builder.MaxPool2d($"features.{index++}", 2, stride: 2);
        }

        builder.Flatten("flatten");
        builder.Linear("classifier.0", HiddenUnits);
        builder.Relu("classifier.1");
        builder.Dropout("classifier.2");
        builder.Linear("classifier.3", HiddenUnits);
        builder.Relu("classifier.4");
        builder.Dropout("classifier.5");
        builder.Linear("classifier.6", KerasInput.Classes);
        return builder.Build(name, description);
    }
}
