using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>The third tutorial: the weights of a trained layer, drawn by their rank.</summary>
/// <param name="sketch">What to draw with.</param>
internal sealed class WeightsTutorial(DemoSketch sketch)
{
    private const string Autoencoder = "autoencoder-first-layers";
    private const string Example = "conv-flatten-dense";

    public async Task<DemoSection> RunAsync()
    {
        const string Title = "3. Weights of a trained network, drawn by rank";
        sketch.Begin(Title);
        if (await sketch.FindAsync(Autoencoder) is not null)
            await DrawTutorialAsync();
        if (await sketch.FindAsync("fashion-autoencoder") is { } trained)
            await DrawOwnAsync(trained);
        if (await sketch.FindAsync(Example) is { } example)
            await DrawExampleAsync(example);
        return new DemoSection(
            Title,
            "A weight tensor's rank says how to draw it: a vector as bars, a matrix as a heat map, a kernel as tiles.",
            sketch.TakeEntries());
    }

    private async Task DrawTutorialAsync()
    {
        await sketch.FiltersAsync(
            "autoencoder-kernel.png",
            "conv2d_1: 32 pictures of 3 x 3, not one of 96 x 96",
            "A trained kernel of shape (3, 3, 1, 32): one tile per filter, each from its own smallest (violet) to its largest "
            + "weight (yellow). Slopes and corners of several directions.",
            new RenderFiltersRequest
            {
                Model = Autoencoder,
                Layer = "conv2d_1",
                Role = "kernel",
                Style = new TileStyle { ColorMap = ColorMap.Viridis, Normalization = Normalization.PerTile, Columns = 8 },
            });
        await sketch.FiltersAsync(
            "autoencoder-bias.png",
            "conv2d_1: its 32 biases",
            "One number per filter, added to every cell of its map.",
            new RenderFiltersRequest { Model = Autoencoder, Layer = "conv2d_1", Role = "bias" });
    }

    private async Task DrawOwnAsync(ModelInfoResponse trained)
    {
        if (trained.Layers.FirstOrDefault(layer => layer.Weights.Any(weight => weight.Role == "gamma")) is { } normalization)
        {
            await sketch.FiltersAsync(
                "fashion-autoencoder-batch-normalization.png",
                "Batch normalization: gamma, beta, moving mean and moving variance",
                "Four numbers per channel of an autoencoder that this project trained: how a channel is centred and scaled "
                + "before the next layer. A gamma near 0 would mean a channel that is hardly used.",
                new RenderFiltersRequest { Model = trained.Name, Layer = normalization.Name });
        }
    }

    private async Task DrawExampleAsync(ModelInfoResponse example)
    {
        sketch.Table(
            "Conv2D, Flatten, Dense",
            $"Where {example.TotalParameters:N0} parameters come from: 3 x 3 x 3 x 32 + 32 in the convolution, none in Flatten, "
            + "28,800 x 5 + 5 in the dense layer. The weights are untrained.",
            example.Summary);
        await sketch.FiltersAsync(
            "dense-kernel.png",
            "A dense kernel: one heat map",
            "28,800 inputs by 5 units. Untrained, so noise; in a trained one a unit's stripes say what it listens to.",
            new RenderFiltersRequest { Model = Example, Layer = "dense_1", Role = "kernel" });
    }
}
