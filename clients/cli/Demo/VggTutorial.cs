using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>The first tutorial: VGG16's summary, filters and feature maps; the same of trained networks.</summary>
/// <param name="sketch">What to draw with.</param>
/// <param name="photo">The photograph's bytes.</param>
internal sealed class VggTutorial(DemoSketch sketch, byte[] photo)
{
    // The last convolution of each block, as in the tutorial.
    private static readonly string[] _vggLayers =
        ["block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3"];

    // "Add_k" of NanoDet is a convolution with its bias, before the activation.
    private static readonly string[] _nanoDetLayers = ["LeakyRelu_1", "Add_4", "Add_10", "Add_16", "Add_24"];

    public async Task<DemoSection> RunAsync()
    {
        const string Title = "1. VGG16: layers, filters, feature maps";
        sketch.Begin(Title);
        if (await sketch.FindAsync("vgg16") is { } vgg)
            await DrawVggAsync(vgg);
        if (await sketch.FindAsync("patches") is { } patches)
            await DrawPatchesAsync(patches);
        if (await sketch.FindAsync("nanodet") is not null)
            await DrawNanoDetMapsAsync();
        return new DemoSection(
            Title,
            "A network is a stack of layers. Its filters are small windows of weights; a feature map is what a filter makes of a "
            + "picture: bright where its pattern is.",
            sketch.TakeEntries());
    }

    private async Task DrawVggAsync(ModelInfoResponse vgg)
    {
        var state = vgg.Untrained
            ? "Its weights here are untrained random numbers (the trained ones are a download of 553 MB)"
            : $"Its weights are trained: {vgg.WeightsFile}, SHA-256 {vgg.Digest}";
        sketch.Table("VGG16's layers", $"{vgg.TotalParameters:N0} parameters. {state}.", vgg.Summary);
        await sketch.FiltersAsync(
            "vgg16-first-six-filters.png",
            "VGG16: six filters of the first layer",
            "Rows are filters, columns their weights for red, green and blue; 3 x 3 weights each, dark is the layer's smallest. "
            + (vgg.Untrained ? "Untrained: noise is all there is to see." : "Look for edges."),
            new RenderFiltersRequest
            {
                Model = "vgg16",
                Layer = "block1_conv1",
                Filters = { Enumerable.Range(0, 6) },
                Rgb = false,
                Style = new TileStyle { ColorMap = ColorMap.Gray, Normalization = Normalization.Global },
            });
        await sketch.FiltersAsync(
            "vgg16-64-filters.png",
            "VGG16: all 64 filters of the first layer",
            "The same weights, each filter as one colour tile. " + (vgg.Untrained ? "Untrained." : ""),
            new RenderFiltersRequest
            {
                Model = "vgg16",
                Layer = "block1_conv1",
                Rgb = true,
                Style = new TileStyle { Columns = 8 },
            });
        var maps = new FeatureMapsRequest { Model = "vgg16", Channels = { Enumerable.Range(0, 64) } };
        maps.Layers.AddRange(_vggLayers);
        await sketch.MapsAsync(
            "vgg16-maps",
            photo,
            new RenderFeatureMapsRequest { Maps = maps, Style = new TileStyle { ColorMap = ColorMap.Gray, Columns = 8 } },
            i => ($"VGG16: what block {i + 1} makes of the photograph",
                $"64 channels of {_vggLayers[i]}, from the same single pass as the other blocks. "
                + (vgg.Untrained
                    ? "Untrained: even random filters keep edges and shading, and lose the picture as blocks go deeper."
                    : "Early blocks keep the picture, late ones keep what is in it.")));
    }

    private Task DrawPatchesAsync(ModelInfoResponse patches)
    {
        var first = patches.Layers.First(layer => layer.Weights.Any(weight => weight.Role == "kernel"));
        return sketch.FiltersAsync(
            "patches-first-layer.png",
            "A trained first layer: edges and colours",
            "64 filters of 9 x 9 learned from photographs, without labels, by this project's own training: edges of every angle "
            + "and size, and contrasts of colour. Compare with the untrained filters above.",
            new RenderFiltersRequest { Model = "patches", Layer = first.Name, Style = new TileStyle { Columns = 8 } });
    }

    private Task DrawNanoDetMapsAsync()
    {
        var maps = new FeatureMapsRequest { Model = "nanodet", Channels = { Enumerable.Range(0, 32) } };
        maps.Layers.AddRange(_nanoDetLayers);
        return sketch.MapsAsync(
            "nanodet-maps",
            photo,
            new RenderFeatureMapsRequest { Maps = maps, Style = new TileStyle { Columns = 8 } },
            i => ($"A trained detector: 32 channels of {_nanoDetLayers[i]}",
                i == 0
                    ? "NanoDet finds COCO's 80 kinds of things. Its first channels answer to edges of one direction each."
                    : "Deeper in the same pass: maps grow coarser, and channels fall silent but for where their pattern is."));
    }
}
