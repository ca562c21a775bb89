using System.Globalization;
using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>
/// The images of a run stitched into one picture, in the order of the filters asked for, a filter's variants beside each other.
/// By the Keras recipe each image is first deprocessed (standardised, contrast 0.15, 25 px cropped); by the Lucid recipe it
/// already is a picture.
/// </summary>
internal sealed class MaximizationPicture
{
    private readonly MaximizationStarted _started;
    private readonly TileStyle _style;
    private readonly IReadOnlyList<RunImage> _images;
    private readonly int _crop;
    private readonly bool _labelScores;
    private readonly GridOptions _grid;

    private MaximizationPicture(
        MaximizationStarted started,
        TileStyle style,
        IReadOnlyList<RunImage> images,
        int crop,
        bool labelScores,
        GridOptions grid) =>
        (_started, _style, _images, _crop, _labelScores, _grid) = (started, style, images, crop, labelScores, grid);

    /// <summary>Pixels of a tile after the crop.</summary>
    public (int Width, int Height) Tile => (_started.Width - 2 * _crop, _started.Height - 2 * _crop);

    /// <summary>What is written below each tile before the run's scores are known; null for nothing.</summary>
    public IReadOnlyList<string>? Labels => _grid.Labels;

    /// <summary>Pixels cut off each side.</summary>
    public int Crop => _crop;

    /// <summary>
    /// Plans the picture as soon as the run's sizes are known, so that what cannot be drawn is refused before the ascent.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a crop that leaves nothing, a canvas too large, or labels
    /// that do not exist.</exception>
    public static MaximizationPicture Plan(
        MaximizationStarted started, RenderMaximizationRequest request, ModelInfoResponse model, TileStyle style)
    {
        var most = (Math.Min(started.Height, started.Width) - 1) / 2;
        if (request.HasCrop && (request.Crop < 0 || request.Crop > most))
        {
            throw RpcErrors.InvalidArgument(
                ("crop", string.Create(CultureInfo.InvariantCulture, $"must be from 0 to {most} for this image size, not {request.Crop}")));
        }

        var variants = Math.Max(1, started.Variants);
        var count = started.Filters.Count * variants;
        var images = Enumerable.Range(0, count)
            .Select(i => new RunImage(started.Filters[i / variants], i % variants))
            .ToArray();
        var crop = request.HasCrop ? request.Crop : DefaultCrop(started);
        var names = TileTexts.Of(style, model, started.Layer, started.Filters, (int)started.LayerShape[0]);
        IReadOnlyList<string>? labels =
            names is null ? null : [.. images.Select((image, i) => Label(names[i / variants], image, variants))];
        var defaults = GridOptions.KerasStitched with
        {
            Columns = Columns(count, variants),

            // The scores come with the results; until then their lines are empty.
            Labels = labels ?? (request.LabelScores ? [.. images.Select(_ => "")] : null),

            // Within a captioned frame a black sheet would look pasted in.
            Background = style.Caption ? Rgb.Ink : Rgb.Black,
        };
        var grid = style.Grid(defaults, count, started.Width - 2 * crop, started.Height - 2 * crop);
        return new MaximizationPicture(started, style, images, crop, request.LabelScores, grid);
    }

    /// <summary>The stitched grid of these tiles, one per image; an image without one keeps its place empty.</summary>
    public Raster Compose(Func<RunImage, Raster?> tile) => Compose(tile, _grid);

    /// <summary>The canvas in pixels.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            var plan = GridGeometry.Plan(_images.Count, Tile.Width, Tile.Height, _grid);
            return (plan.Width, plan.Height);
        }
    }

    /// <summary>A run's final images, stitched.</summary>
    public Raster Stitch(MaximizationCollector run)
    {
        var tiles = MaximizationTiles.Draw(run, _started, _images, _crop, _style);
        var grid = _labelScores ? _grid with { Labels = LabelsWithScores(run) } : _grid;
        return Compose(image => tiles.GetValueOrDefault(image), grid);
    }

    /// <summary>The finished picture.</summary>
    /// <param name="canvas">What <see cref="Stitch"/> made.</param>
    /// <param name="run">The run.</param>
    public FinishedPicture Finish(Raster canvas, MaximizationCollector run) =>
        _style.Finish(Describe(canvas, run), captionByDefault: false);

    /// <summary>The picture with its words.</summary>
    public Drawn Describe(Raster canvas, MaximizationCollector run)
    {
        var count = _started.Filters.Count;
        var dead = run.Completed?.ZeroGradientFilters.Count ?? 0;
        var variants = _images.Count == count ? "" : $"{_images.Count / count} variants each, ";
        var subtitle = $"what excites {count} {(count == 1 ? "filter" : "filters")} most: {variants}"
            + $"{_started.Recipe} recipe, {_started.Steps} steps, seed {_started.Seed}, {_started.Height}×{_started.Width}"
            + (dead == 0 ? "" : $"; {dead} with zero gradient left empty")
            + (RunScores.Summary(run.Results) is { } scores ? $"; {scores}" : "");
        var title = $"{ModelTitles.Of(_started.Execution)} · {_started.Layer}";
        return new Drawn(canvas, title, subtitle, _grid.ColumnsOf(_images.Count), _images.Count);
    }

    private Raster Compose(Func<RunImage, Raster?> tile, GridOptions grid)
    {
        var (width, height) = Tile;
        return TileGrid.Compose([.. _images.Select(image => tile(image) ?? Raster.Filled(width, height, Rgb.Ink))], grid);
    }

    private List<string> LabelsWithScores(MaximizationCollector run)
    {
        var scores = run.Results.ToDictionary(result => new RunImage(result.Filter, result.Variant), RunScores.Label);
        return [.. _images.Select((image, i) => $"{_grid.Labels![i]} {scores.GetValueOrDefault(image)}".Trim())];
    }

    private static string Label(string name, RunImage image, int variants) =>
        variants == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} / {image.Variant + 1}");

    /// <summary>Near-square, and rows hold whole filters.</summary>
    private static int Columns(int images, int variants) =>
        Math.Max(1, (int)Math.Round((double)GridGeometry.NearSquareColumns(images) / variants)) * variants;

    private static int DefaultCrop(MaximizationStarted started)
    {
        const int kerasCrop = 25;

        // The recipe's 25 px suit its 180 px images; a small image keeps at least half of its side.
        return started.Recipe == "keras" ? Math.Min(kerasCrop, Math.Min(started.Height, started.Width) / 4) : 0;
    }
}
