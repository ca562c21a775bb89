namespace CnnViz.Models;

/// <summary>
/// The small networks that this project trained itself; their weights are part of the repository, so they work without any
/// installation. training/README.md says how they were made and what they reach.
/// </summary>
internal static class TrainedModels
{
    /// <summary>Fashion-MNIST's ten classes in the order of its labels.</summary>
    public static IReadOnlyList<string> FashionLabels { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>All of them; every one takes pixels / 255.</summary>
    public static IReadOnlyList<KnownModel> All { get; } =
    [
        Gray(
            "fashion-cnn",
            "Small classifier for Fashion-MNIST's 10 classes (28x28 grey, light on black): 3 convolutions, 91.9% of the test "
                + "pictures right; trained by this project on Fashion-MNIST (MIT)",
            FashionLabels),
        Gray(
            "fashion-autoencoder",
            "Convolutional autoencoder for 96x96 grey pictures (code 24x24x4): mean squared error 0.0012 on a photograph it "
                + "never saw; trained by this project on Fashion-MNIST (MIT), enlarged, and on crops of photographs "
                + "(public domain, CC0, CC BY 2.0)",
            []),
        Trained(
            "patches",
            "Self-supervised network on colour photographs: 64 first-layer filters of 9x9 by independent component analysis "
                + "(edges and colour), behind them 2 convolutions that tell how a crop was turned; trained by this project on 5 "
                + "photographs (public domain, CC0, CC BY 2.0) without labels, and general in its first layer only",
            ChannelOrder.Rgb,
            ["upright", "turned left", "upside down", "turned right"]),
    ];

    private static KnownModel Gray(string name, string description, IReadOnlyList<string> labels) =>
        Trained(name, description, ChannelOrder.Gray, labels);

    private static KnownModel Trained(string name, string description, ChannelOrder order, IReadOnlyList<string> labels) =>
        new(name, "model.json", ["weights.bin"], new TfJsReadOptions
        {
            Name = name,
            Description = description,
            Order = order,
            Mean = [0],
            Std = [255],
            ChannelsLast = true,
            Labels = labels,
        });
}
