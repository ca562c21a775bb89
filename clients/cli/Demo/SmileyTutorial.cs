using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>The second tutorial: a hand-made network of two convolutions on a binary smiley.</summary>
/// <param name="sketch">What to draw with.</param>
internal sealed class SmileyTutorial(DemoSketch sketch)
{
    private static readonly (string Layer, string Title, string Explanation)[] _steps =
    [
        ("input_1",
            "The picture",
            "25 x 25 cells of 0 and 1: a ring, two eyes and a mouth. The colours are viridis: violet is 0, yellow 1."),
        ("conv2d_1", "Layer 1: 25 x 25 x 4", "Four filters of 5 x 5 make four maps, as large as the picture (\"same\" padding)."),
        ("conv2d_2",
            "Layer 2: 25 x 25 x 6",
            "Six filters make six maps, not 6 x 4: each filter has a 3 x 3 window for every map below and sums over all four."),
    ];

    public async Task<DemoSection> RunAsync()
    {
        const string Title = "2. A hand-made network on a smiley";
        sketch.Begin(Title);
        if (await sketch.FindAsync("smiley") is { } info)
        {
            sketch.Table("Its layers", "Two convolutions with ReLU. The weights are random: nothing was trained.", info.Summary);
            var maps = new FeatureMapsRequest { Model = "smiley" };
            maps.Layers.AddRange(_steps.Select(step => step.Layer));
            var style = new TileStyle { ColorMap = ColorMap.Viridis, Normalization = Normalization.PerTile, Scale = 8 };
            await sketch.MapsAsync(
                "smiley",
                Picture(),
                new RenderFeatureMapsRequest { Maps = maps, Style = style },
                i => (_steps[i].Title, _steps[i].Explanation));
        }

        return new DemoSection(
            Title,
            "How many maps does a layer make, and how large are they? One per filter, whatever the number of maps below.",
            sketch.TakeEntries());
    }

    private static byte[] Picture()
    {
        using var stream = typeof(SmileyTutorial).Assembly.GetManifestResourceStream("smiley_25x25.png")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
