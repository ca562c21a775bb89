using System.Globalization;
using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>
/// The images of a run stitched into one picture, in the order of the filters asked for. By the Keras recipe each image is
/// first deprocessed (standardised, contrast 0.15, 25 px cropped); by the Lucid recipe it already is a picture.
/// </summary>
internal sealed class MaximizationPicture
{
    private readonly MaximizationStarted _started;
    private readonly TileStyle _style;
    private readonly int _crop;
    private readonly GridOptions _grid;

    private MaximizationPicture(MaximizationStarted started, TileStyle style, int crop, GridOptions grid) =>
        (_started, _style, _crop, _grid) = (started, style, crop, grid);

    /// <summary>Pixels of a tile after the crop.</summary>
    public (int Width, int Height) Tile => (_started.Width - 2 * _crop, _started.Height - 2 * _crop);

    /// <summary>Pixels cut off each side.</summary>
    public int Crop => _crop;

    /// <summary>Plans the picture as soon as the run's sizes are known, so that what cannot be drawn is refused before the ascent.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a crop that leaves nothing, a canvas too large, or labels that do not exist.</exception>
    public static MaximizationPicture Plan(
        MaximizationStarted started, RenderMaximizationRequest request, ModelInfoResponse model, TileStyle style)
    {
        var most = (Math.Min(started.Height, started.Width) - 1) / 2;
        if (request.HasCrop && (request.Crop < 0 || request.Crop > most))
        {
            throw RpcErrors.InvalidArgument(
                ("crop", string.Create(CultureInfo.InvariantCulture, $"must be from 0 to {most} for this image size, not {request.Crop}")));
        }

        var count = started.Filters.Count;
        var crop = request.HasCrop ? request.Crop : DefaultCrop(started);
        var labels = TileTexts.Of(style, model, started.Layer, started.Filters, (int)started.LayerShape[0]);
        var defaults = GridOptions.KerasStitched with
        {
            Columns = GridGeometry.NearSquareColumns(count),
            Labels = labels,

            // Within a captioned frame a black sheet would look pasted in.
            Background = style.Caption ? Rgb.Ink : Rgb.Black,
        };
        var grid = style.Grid(defaults, count, started.Width - 2 * crop, started.Height - 2 * crop);
        return new MaximizationPicture(started, style, crop, grid);
    }

    /// <summary>The stitched grid of these tiles, one per filter; a filter without one keeps its place empty.</summary>
    public Raster Compose(Func<int, Raster?> tile)
    {
        var (width, height) = Tile;
        return TileGrid.Compose([.. _started.Filters.Select(filter => tile(filter) ?? Raster.Filled(width, height, Rgb.Ink))], _grid);
    }

    /// <summary>The canvas in pixels.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            var plan = GridGeometry.Plan(_started.Filters.Count, Tile.Width, Tile.Height, _grid);
            return (plan.Width, plan.Height);
        }
    }

    /// <summary>A run's final images, stitched.</summary>
    public Raster Stitch(MaximizationCollector run)
    {
        var tiles = MaximizationTiles.Draw(run, _started, _crop, _style);
        return Compose(tiles.GetValueOrDefault);
    }

    /// <summary>The finished picture.</summary>
    /// <param name="canvas">What <see cref="Stitch"/> made.</param>
    /// <param name="completed">How the run ended.</param>
    public FinishedPicture Finish(Raster canvas, MaximizationCompleted? completed) =>
        _style.Finish(Describe(canvas, completed), captionByDefault: false);

    /// <summary>The picture with its words.</summary>
    public Drawn Describe(Raster canvas, MaximizationCompleted? completed)
    {
        var count = _started.Filters.Count;
        var dead = completed?.ZeroGradientFilters.Count ?? 0;
        var subtitle = $"what excites {count} {(count == 1 ? "filter" : "filters")} most: {_started.Recipe} recipe, {_started.Steps} steps, "
            + $"seed {_started.Seed}, {_started.Height}×{_started.Width}{(dead == 0 ? "" : $"; {dead} with zero gradient left empty")}";
        return new Drawn(canvas, $"{ModelTitles.Of(_started.Execution)} · {_started.Layer}", subtitle, _grid.ColumnsOf(count), count);
    }

    private static int DefaultCrop(MaximizationStarted started)
    {
        const int kerasCrop = 25;

        // The recipe's 25 px suit its 180 px images; a small image keeps at least half of its side.
        return started.Recipe == "keras" ? Math.Min(kerasCrop, Math.Min(started.Height, started.Width) / 4) : 0;
    }
}
