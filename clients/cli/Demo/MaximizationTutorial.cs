using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>The fourth tutorial: by gradient ascent, the pictures that most excite filters of a trained detector.</summary>
/// <param name="sketch">What to draw with.</param>
internal sealed class MaximizationTutorial(DemoSketch sketch)
{
    private const string Model = "nanodet";
    private const string KerasExample = "resnet50v2-notop";
    private const int Columns = 8;

    // Of the 80 classes those whose pictures came out most legible.
    private static readonly string[] _classes =
    [
        "horse", "elephant", "giraffe", "umbrella", "banana", "broccoli", "pizza", "train",
        "cup", "bus", "clock", "cat", "dog", "orange", "sheep", "bear",
    ];

    public async Task<DemoSection> RunAsync()
    {
        const string Title = "4. What filters look for";
        sketch.Begin(Title);
        if (await sketch.FindAsync(Model) is not null)
            await DrawAsync();
        if (await sketch.FindAsync(KerasExample) is { Untrained: false } trained)
            await DrawKerasExampleAsync(trained);
        return new DemoSection(
            Title,
            "Start from noise, ask how each pixel should change to excite one filter more, change it a little, repeat. Nobody "
            + "drew these pictures: the network, a detector of COCO's 80 kinds of things, only saw photographs with boxes.",
            sketch.TakeEntries());
    }

    private async Task DrawAsync()
    {
        var things = Request("Add_11", Enumerable.Range(0, 64));
        things.Maximize.Settings.Score = true;
        await sketch.MaximizationAsync(
            "maximize-middle-layer.png",
            "Things: 64 filters of a middle layer",
            "One tile per filter of layer Add_11, with the lucid recipe. Look for rows of cups and of parked cars, grazing "
            + "animals, wine glasses, leaves, crowds: the layer already puts parts together to kinds of things.",
            things);
        var classes = Request("", []);
        classes.Maximize.Classes.AddRange(_classes);
        classes.Maximize.Settings.LearningRate = 0.1; // Class logits rise slowly; at 0.05 the pictures stay pale.
        classes.Maximize.Settings.Height = 160;
        classes.Maximize.Settings.Width = 160;
        classes.Style.Labels = TileLabels.Classes;
        await sketch.MaximizationAsync(
            "maximize-classes.png",
            "Named things: the detector's own classes",
            "What the detector would like to see most when asked for each of these classes.",
            classes);
        await sketch.MaximizationAsync(
            "maximize-textures.png",
            "Patterns: an earlier layer",
            "Layer Add_5, closer to the picture, with the lucid recipe: weaves, scales, dots, furs. Bricks for what comes later.",
            Request("Add_5", Enumerable.Range(0, 64)));
        var keras = Request("Add_4", Enumerable.Range(0, 32));
        keras.Maximize.Settings.Recipe = Recipe.Keras;
        await sketch.MaximizationAsync(
            "maximize-keras.png",
            "The plain recipe of the Keras example",
            "Layer Add_4 by plain gradient ascent on pixels, 30 steps from grey noise: stripes, grids and dots of one angle and "
            + "size. Deeper layers give only noise this way; the pictures above come from the lucid recipe.",
            keras);
        var film = Request("Add_11", [1, 5, 6, 11]);
        film.Style.Columns = 4;
        film.Animation = new Animation { Format = AnimationFormat.Gif, Every = 4 };
        await sketch.MaximizationAsync(
            "maximize-film.gif",
            "From noise to picture",
            "Four of the filters above, as the search goes: large shapes come first, then texture.",
            film);
    }

    /// <summary>Only where its trained weights were pulled: initial ones excite nothing worth seeing.</summary>
    private Task DrawKerasExampleAsync(ModelInfoResponse trained)
    {
        var request = Request("conv3_block4_out", Enumerable.Range(0, 64));
        request.Maximize.Model = KerasExample;
        request.Maximize.Settings.Recipe = Recipe.Keras;
        return sketch.MaximizationAsync(
            "resnet50v2-keras.png",
            "ResNet50V2: what its filters look for",
            "64 filters of conv3_block4_out with the plain recipe, as in the Keras example. "
            + $"Trained weights: {trained.WeightsFile}, SHA-256 {trained.Digest}.",
            request);
    }

    private static RenderMaximizationRequest Request(string layer, IEnumerable<int> filters) => new()
    {
        Maximize = new MaximizeFilterRequest
        {
            Model = Model,
            Layer = layer,
            Filters = { filters },
            Settings = new MaximizationSettings { Recipe = Recipe.Lucid },
        },
        Style = new TileStyle { Columns = Columns },
    };
}
