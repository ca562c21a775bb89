using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>
/// A convolution's kernel: filters as rows and their input channels as columns, or one colour tile per filter where the filters
/// see the picture's own colours.
/// </summary>
internal static class KernelPicture
{
    /// <summary>The most tiles drawn in one picture.</summary>
    private const int MaxTiles = 65_536;

    public static FinishedPicture Draw(WeightScene scene, string role, LayerKernel kernel)
    {
        var request = scene.Request;
        var filters = FilterChoice.Of(scene, kernel);
        var inputs = scene.Pick("input_channels", request.InputChannels, kernel.Inputs);
        var seesColors = kernel.Inputs == 3 && InputColors.Seen(scene.Model, scene.Layer);
        var rgb = request.HasRgb ? request.Rgb : seesColors && request.InputChannels.Count == 0;
        if (rgb && (kernel.Inputs != 3 || request.InputChannels.Count != 0))
        {
            throw RpcErrors.InvalidArgument(
                ("rgb", $"colour tiles need kernels over exactly 3 input channels; '{scene.Layer.Name}' has {kernel.Inputs}"));
        }

        var drawn = rgb
            ? ColorTiles(scene, kernel, filters, bgr: seesColors && scene.Model.Input.Order == ChannelOrder.Bgr)
            : SingleTiles(scene, kernel, filters, inputs);
        return scene.Style.Finish(
            drawn with { Title = scene.Title(role), Subtitle = drawn.Subtitle + Order(request) }, captionByDefault: true);
    }

    private static Drawn SingleTiles(WeightScene scene, LayerKernel kernel, IReadOnlyList<int> filters, IReadOnlyList<int> inputs)
    {
        var count = filters.Count * inputs.Count;
        if (count > MaxTiles)
        {
            throw RpcErrors.InvalidArgument(
                ("filters", $"{filters.Count} filters of {inputs.Count} channels are {count} tiles; the limit is {MaxTiles}: name fewer"));
        }

        // One filter per row, unless the filters have a single channel: then a near-square grid reads better.
        var style = scene.Style;
        var defaults = GridOptions.Gallery with
        {
            Columns = inputs.Count == 1 ? null : inputs.Count,
            Labels = Labels(scene, kernel, filters, inputs),
        };
        var grid = style.Grid(defaults, count, kernel.Width, kernel.Height);
        var ranges = style.Ranges(NormalizationMode.MinMax);
        (kernel, var result) = WholeKernel(kernel, ranges);
        var size = kernel.Height * kernel.Width;
        var values = new float[count * size];
        var next = 0;
        foreach (var filter in filters)
        {
            foreach (var input in inputs)
            {
                kernel.Copy(filter, input, values.AsSpan(next++ * size, size));
            }
        }

        result ??= Normalizer.Normalize(values, size, ranges, values);
        var colors = style.Colors(ColorMap.Grey);
        var bar = style.Bar(colors, result, captionByDefault: true);
        var canvas = TileGrid.Compose(values, kernel.Width, kernel.Height, colors, grid);
        var shape = $"{kernel.Height}×{kernel.Width}";
        var subtitle = (inputs.Count, style.HasColumns) switch
        {
            (1, _) => $"{filters.Count} filters of {shape}",
            (_, false) => $"{filters.Count} filters (rows) over {inputs.Count} input channels (columns), {shape} each",
            _ => $"{filters.Count} filters over {inputs.Count} input channels each, {shape}",
        };
        return new Drawn(
            canvas, "", $"{subtitle}; {ranges.Words(result)}{FeatureMapPicture.Odd(result)}", grid.ColumnsOf(count), count, bar);
    }

    private static Drawn ColorTiles(WeightScene scene, LayerKernel kernel, IReadOnlyList<int> filters, bool bgr)
    {
        var style = scene.Style;
        if (style.ColorBar)
        {
            throw RpcErrors.InvalidArgument(("style.color_bar", "colour tiles have no single value per pixel; set rgb to false"));
        }

        var labels = TileTexts.Of(style, scene.Model, scene.Layer.Name, filters, kernel.Filters);
        var grid = style.Grid(
            GridOptions.Gallery with { Margin = 4, Labels = labels }, filters.Count, kernel.Width, kernel.Height);
        var ranges = style.Ranges(NormalizationMode.MinMaxPerTile);
        (kernel, var result) = WholeKernel(kernel, ranges);
        var size = kernel.Height * kernel.Width;
        var values = new float[filters.Count * 3 * size];
        for (var i = 0; i < filters.Count; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                kernel.Copy(filters[i], bgr ? 2 - channel : channel, values.AsSpan((i * 3 + channel) * size, size));
            }
        }

        // A colour tile's three channels share one range, else the filter's colour would be lost.
        result ??= Normalizer.Normalize(values, 3 * size, ranges, values);
        var tiles = new List<Raster>(filters.Count);
        for (var i = 0; i < filters.Count; i++)
        {
            tiles.Add(UnitRange.ToPicture(
                values.AsSpan(i * 3 * size, 3 * size), kernel.Width, kernel.Height, 3, PixelLayout.ChannelsFirst, low: 0).Raster);
        }

        var canvas = TileGrid.Compose(tiles, grid);
        var subtitle = $"{filters.Count} filters of {kernel.Height}×{kernel.Width} over red, green and blue; "
            + $"{ranges.Words(result)}{FeatureMapPicture.Odd(result)}";
        return new Drawn(canvas, "", subtitle, grid.ColumnsOf(filters.Count), filters.Count);
    }

    /// <summary>
    /// The kernel normalised as a whole, whichever part of it is drawn; in the per-tile modes the kernel as it is, and no result.
    /// </summary>
    private static (LayerKernel Kernel, NormalizationResult? Result) WholeKernel(LayerKernel kernel, NormalizationOptions ranges)
    {
        if (ranges.Mode is not (NormalizationMode.MinMax or NormalizationMode.Symmetric or NormalizationMode.Percentile))
        {
            return (kernel, null);
        }

        var values = new float[kernel.Values.Length];
        var result = Normalizer.Normalize(kernel.Values, values.Length, ranges, values);
        return (kernel.With(values), result);
    }

    private static IReadOnlyList<string>? Labels(
        WeightScene scene, LayerKernel kernel, IReadOnlyList<int> filters, IReadOnlyList<int> inputs)
    {
        var names = TileTexts.Of(scene.Style, scene.Model, scene.Layer.Name, filters, kernel.Filters);
        return names is null || inputs.Count == 1
            ? names
            : [.. names.SelectMany(name => inputs.Select(input => $"{name}:{TileTexts.Number(input)}"))];
    }

    private static string Order(RenderFiltersRequest request) => request.Order switch
    {
        FilterOrder.L1 => "; largest L1 norm first",
        FilterOrder.L2 => "; largest L2 norm first",
        _ => "",
    };
}
