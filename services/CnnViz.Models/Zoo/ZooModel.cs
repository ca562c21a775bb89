namespace CnnViz.Models;

/// <summary>A network that the product builds itself, layer by layer; it needs no file.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Description">One line: what it is, and where its weights are from.</param>
/// <param name="Untrained">Whether weights of it are initial values and no training's result.</param>
/// <param name="Builder">Builds it under a name and a description.</param>
public sealed partial record ZooModel(string Name, string Description, bool Untrained, Func<string, string, ModelGraph> Builder)
{
    private const string Seeded = "untrained: seeded He-normal weights";

    /// <summary>
    /// The networks of the tutorials, of Keras Applications and of torchvision. All but some layers of one are untrained. The
    /// list itself costs nothing: networks are built when they are used.
    /// </summary>
    public static IReadOnlyList<ZooModel> All { get; } =
        [.. Tutorials().Concat(Applications()).Concat(Torchvision()).OrderBy(model => model.Name, StringComparer.Ordinal)];

    /// <summary>What the network is, without the remark on its weights.</summary>
    public string Architecture => Description.Replace($"; {Seeded}", "", StringComparison.Ordinal);

    /// <summary>Builds the network. Weight values are computed when they are read.</summary>
    public ModelGraph Build() => Builder(Name, Description);

    private static ZooModel[] Tutorials() =>
    [
        new("autoencoder-first-layers",
            "First layers of an autoencoder of 96x96 grey pictures: conv2d_1 with trained weights, batch normalization untrained",
            Untrained: true,
            TutorialModels.AutoencoderFirstLayers),
        new("conv-flatten-dense",
            $"Conv2D, Flatten, Dense on 32x32 colour pictures; {Seeded}",
            Untrained: true,
            TutorialModels.ConvFlattenDense),
        new("smiley",
            $"Two convolutions, 4 filters of 5x5 and 6 of 3x3, on a 25x25 grey picture; {Seeded}",
            Untrained: true,
            TutorialModels.Smiley),
    ];
}
