using System.Globalization;
using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>
/// The images of a run stitched into one picture, in the order of the filters asked for. By the Keras recipe each image is
/// first deprocessed (standardised, contrast 0.15, 25 px cropped); by the Lucid recipe it already is a picture.
/// </summary>
internal static class MaximizationPicture
{
    /// <summary>Refuses a crop that leaves nothing, as soon as the image size is known.</summary>
    public static void CheckCrop(RenderMaximizationRequest request, MaximizationStarted? started)
    {
        if (started is null || !request.HasCrop)
        {
            return;
        }

        var most = (Math.Min(started.Height, started.Width) - 1) / 2;
        if (request.Crop < 0 || request.Crop > most)
        {
            throw RpcErrors.InvalidArgument(
                ("crop", string.Create(CultureInfo.InvariantCulture, $"must be from 0 to {most} for this image size, not {request.Crop}")));
        }
    }

    public static FinishedPicture Draw(
        MaximizationCollector run, MaximizationStarted started, RenderMaximizationRequest request, TileStyle style)
    {
        var keras = started.Recipe == "keras";
        var crop = Crop(request, started, keras);
        var (width, height) = (started.Width - 2 * crop, started.Height - 2 * crop);
        var count = started.Filters.Count;
        var defaults = GridOptions.KerasStitched with { Columns = GridGeometry.NearSquareColumns(count) };
        var grid = style.Grid(defaults, count, width, height);

        var tiles = new List<Raster>(count);
        foreach (var filter in started.Filters)
        {
            tiles.Add(run.Image(filter) is { } image ? Tile(image, keras, crop) : Raster.Filled(width, height, Rgb.Ink));
        }

        var canvas = TileGrid.Compose(tiles, grid);
        var dead = run.Completed?.ZeroGradientFilters.Count ?? 0;
        var subtitle = $"what excites {count} {(count == 1 ? "filter" : "filters")} most: {started.Recipe} recipe, {started.Steps} steps, "
            + $"seed {started.Seed}, {started.Height}×{started.Width}{(dead == 0 ? "" : $"; {dead} with zero gradient left empty")}";
        return style.Finish(
            canvas, grid, count, ($"{started.Execution.Model} · {started.Layer}", subtitle), captionByDefault: false);
    }

    private static int Crop(RenderMaximizationRequest request, MaximizationStarted started, bool keras)
    {
        const int kerasCrop = 25;
        if (request.HasCrop)
        {
            return request.Crop;
        }

        // The recipe's 25 px suit its 180 px images; a small image keeps at least half of its side.
        return keras ? Math.Min(kerasCrop, Math.Min(started.Height, started.Width) / 4) : 0;
    }

    private static Raster Tile(ReceivedTensor image, bool keras, int crop)
    {
        var (channels, height, width) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        if (keras)
        {
            var options = new KerasDeprocessOptions { Crop = crop };
            return KerasDeprocess.ToPicture(image.Values, width, height, channels, PixelLayout.ChannelsFirst, options).Raster;
        }

        var inner = crop == 0 ? image.Values : Inner(image.Values, channels, height, width, crop);
        return UnitRange.ToPicture(inner, width - 2 * crop, height - 2 * crop, channels, PixelLayout.ChannelsFirst).Raster;
    }

    private static float[] Inner(float[] values, int channels, int height, int width, int crop)
    {
        var (innerHeight, innerWidth) = (height - 2 * crop, width - 2 * crop);
        var inner = new float[channels * innerHeight * innerWidth];
        for (var row = 0; row < channels * innerHeight; row++)
        {
            var (channel, y) = (row / innerHeight, row % innerHeight + crop);
            values.AsSpan((channel * height + y) * width + crop, innerWidth).CopyTo(inner.AsSpan(row * innerWidth));
        }

        return inner;
    }
}
