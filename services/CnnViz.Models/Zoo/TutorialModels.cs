using System.Text.Json;

namespace CnnViz.Models;

/// <summary>The small networks of the Keras tutorials on looking at weights and feature maps.</summary>
internal static class TutorialModels
{
    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    /// <summary>Two convolutions over a 25x25 binary picture: 4 filters of 5x5, then 6 of 3x3 that each sum over all 4.</summary>
    public static ModelGraph Smiley(string name, string description)
    {
        var builder = new KerasModelBuilder(Gray("input_1", 25));
        builder.Conv2D("conv2d_1", 4, new Size2D(5, 5), padding: KerasPadding.Same, activation: _relu);
        builder.Conv2D("conv2d_2", 6, new Size2D(3, 3), padding: KerasPadding.Same, activation: _relu);
        return Sequential(builder, name, description);
    }

    /// <summary>
    /// The first layers of a convolutional autoencoder of 96x96 grey pictures. conv2d_1 has the weights of its training; the
    /// source does not record its padding and activation, which are taken as same and ReLU. The batch normalization is initial.
    /// </summary>
    /// <exception cref="ModelFormatException">The built-in weights are damaged.</exception>
    public static ModelGraph AutoencoderFirstLayers(string name, string description)
    {
        var builder = new KerasModelBuilder(Gray("input_1", 96));
        builder.Conv2D("conv2d_1", 32, new Size2D(3, 3), padding: KerasPadding.Same, activation: _relu);
        builder.BatchNormalization("batch_normalization_1");
        using var stream = typeof(TutorialModels).Assembly.GetManifestResourceStream("autoencoder_conv2d_1.json")
            ?? throw new ModelFormatException("the built-in weights of conv2d_1 are missing");
        using var document = JsonDocument.Parse(stream);
        return builder.Build(name, description, trained: new Dictionary<string, float[]>
        {
            ["conv2d_1/kernel"] = Values(document, "kernel"),
            ["conv2d_1/bias"] = Values(document, "bias"),
        });
    }

    /// <summary>A convolution, a flattening and a dense layer on 32x32 colour pictures: 144,901 parameters.</summary>
    public static ModelGraph ConvFlattenDense(string name, string description)
    {
        var builder = new KerasModelBuilder(new InputSpec
        {
            Name = "input_1",
            Height = 32,
            Width = 32,
            Channels = 3,
            Order = ChannelOrder.Rgb,
            Mean = [0, 0, 0],
            Std = [255, 255, 255],
        });
        builder.Conv2D("conv2d_1", 32, new Size2D(3, 3));
        builder.Flatten("flatten_1");
        builder.Dense("dense_1", 5);
        return Sequential(builder, name, description);
    }

    /// <summary>Grey pictures scaled to 0..1.</summary>
    private static InputSpec Gray(string name, int size) => new()
    {
        Name = name,
        Height = size,
        Width = size,
        Channels = 1,
        Order = ChannelOrder.Gray,
        Mean = [0],
        Std = [255],
    };

    private static ModelGraph Sequential(KerasModelBuilder builder, string name, string description)
    {
        builder.Sequential = true;
        return builder.Build(name, description);
    }

    private static float[] Values(JsonDocument document, string property) =>
        [.. document.RootElement.GetProperty(property).EnumerateArray().Select(value => value.GetSingle())];
}
