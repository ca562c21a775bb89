using CnnViz.Cli.Commands;
using CnnViz.Cli.Streams;
using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>Draws NanoDet, a COCO detector, from its first filters to what its middle layers look for.</summary>
/// <param name="session">The running command.</param>
/// <param name="folder">Where the files go.</param>
/// <param name="photo">The photograph for the feature maps.</param>
internal sealed class DemoRun(Session session, string folder, FileInfo photo)
{
    private const string Model = "nanodet";

    // Its first convolution. "Add" is convolution plus bias, before the activation; so are "Add_4" and "Add_10".
    private const string FirstLayer = "Add";

    // Its layers have 32, 64, ... channels: rows of 8 come out even, and 64 make a square.
    private const int MaxFilters = 64;
    private const int Columns = 8;

    private static readonly string[] _mapLayers = ["LeakyRelu_1", "Add_4", "Add_10"];

    /// <summary>Draws all pictures and writes the page.</summary>
    /// <returns>The page's path.</returns>
    public async Task<string> RunAsync()
    {
        var info = await session.Connection.Inference.ModelInfoAsync(
            new ModelInfoRequest { Model = Model }, cancellationToken: session.Cancellation);
        session.Output.Note(
            $"{info.Name}: {info.Description}; {info.Layers.Count} layers, {info.TotalParameters:N0} parameters.");

        var entries = new List<DemoEntry>();
        await DrawFiltersAsync(entries);
        await DrawMapsAsync(entries);
        await DrawMaximizationAsync(
            entries,
            info,
            "Add_4",
            Recipe.Keras,
            "Textures: an early layer, plain gradient ascent",
            "Each tile is the picture that most excites one filter of an early layer: stripes, grids and dots of one angle and "
            + "size. Found by plain gradient ascent on the pixels, from grey noise.");
        await DrawMaximizationAsync(
            entries,
            info,
            "Add_10",
            Recipe.Lucid,
            "Parts of things: a middle layer, the lucid recipe",
            "Each tile is the picture that most excites one filter of a middle layer. Look for crowds, rows of cups, grazing "
            + "animals: nobody drew these, the network was only ever shown photographs with boxes.");

        var page = Path.Combine(folder, "index.html");
        await File.WriteAllTextAsync(page, DemoPage.Html(info, entries), session.Cancellation);
        return page;
    }

    private async Task DrawFiltersAsync(List<DemoEntry> entries)
    {
        session.Output.Heading("What the first layer is made of");
        var request = new RenderFiltersRequest
        {
            Model = Model,
            Layer = FirstLayer,
            Style = new TileStyle { Columns = Columns },
        };
        var picture = await FiltersCommand.DrawAsync(session, request, Path.Combine(folder, "filters-first-layer.png"));
        entries.Add(new DemoEntry(
            "The first layer's filters",
            "The weights themselves: 3 x 3 pixels over the picture's colours. Training made them edges and colour contrasts.",
            picture));
    }

    private async Task DrawMapsAsync(List<DemoEntry> entries)
    {
        session.Output.Heading("What layers make of a photograph");
        var picture = await MapsCommand.ReadPictureAsync(photo, session.Cancellation);
        var maps = new FeatureMapsRequest { Model = Model, Picture = picture };
        maps.Layers.AddRange(_mapLayers);
        var pictures = await MapsCommand.DrawAsync(
            session,
            new RenderFeatureMapsRequest { Maps = maps, Style = new TileStyle { Columns = Columns } },
            layer => Path.Combine(folder, $"maps-{PictureFile.NameOf(layer).ToLowerInvariant()}.png"));
        entries.AddRange(pictures.Zip(_mapLayers, (saved, layer) => new DemoEntry(
            $"Feature maps: {layer}",
            $"What each channel of layer {layer} makes of the photograph {photo.Name}. Bright is where the channel finds its "
            + "pattern; the deeper the layer, the coarser the map and the rarer the pattern.",
            saved)));
    }

    private async Task DrawMaximizationAsync(
        List<DemoEntry> entries, ModelInfoResponse info, string layer, Recipe recipe, string title, string explanation)
    {
        session.Output.Heading(title);
        var request = new RenderMaximizationRequest
        {
            Maximize = new MaximizeFilterRequest
            {
                Model = Model,
                Layer = layer,
                Settings = new MaximizationSettings { Recipe = recipe },
            },
            Style = new TileStyle { Columns = Columns },
        };
        request.Maximize.Filters.AddRange(Enumerable.Range(0, FilterCount(info, layer)));
        var name = $"maximize-{layer}-{recipe}.png".ToLowerInvariant();
        var picture = await MaximizeCommand.DrawAsync(session, request, Path.Combine(folder, name));
        entries.Add(new DemoEntry(title, explanation, picture));
    }

    // A layer this model lacks is left to the service, which refuses it and suggests names.
    private static int FilterCount(ModelInfoResponse info, string layer)
    {
        var shape = info.Layers.FirstOrDefault(entry => entry.Name == layer || entry.SourceNames.Contains(layer))?.OutputShape;
        return shape is { Count: > 0 } ? (int)Math.Min(MaxFilters, shape[0]) : MaxFilters;
    }
}
