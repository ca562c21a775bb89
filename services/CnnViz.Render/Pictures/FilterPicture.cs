using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Google.Protobuf.Collections;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>
/// A layer's kernel as a picture. A convolution's is a grid: filters as rows and their input channels as columns, or one
/// colour tile per filter where the filters see the picture's own colours. A dense kernel is one heat map.
/// </summary>
internal static class FilterPicture
{
    /// <summary>The most tiles drawn in one picture.</summary>
    private const int MaxTiles = 65_536;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the filter or channel that does not exist.</exception>
    public static FinishedPicture Draw(
        ModelInfoResponse model, LayerInfo layer, ReceivedTensor weights, RenderFiltersRequest request, TileStyle style)
    {
        if (LayerKernel.From(weights) is not { } kernel)
        {
            return HeatMap(model, layer, weights, style);
        }

        var filters = Pick("filters", request.Filters, kernel.Filters, layer.Name);
        var inputs = Pick("input_channels", request.InputChannels, kernel.Inputs, layer.Name);
        var seesColors = kernel.Inputs == 3 && InputColors.Seen(model, layer);
        var rgb = request.HasRgb ? request.Rgb : seesColors && request.InputChannels.Count == 0;
        if (rgb && (kernel.Inputs != 3 || request.InputChannels.Count != 0))
        {
            throw RpcErrors.InvalidArgument(
                ("rgb", $"colour tiles need kernels over exactly 3 input channels; '{layer.Name}' has {kernel.Inputs}"));
        }

        return rgb
            ? ColorTiles(model, layer, kernel, filters, bgr: seesColors && model.Input.Order == ChannelOrder.Bgr, style)
            : SingleTiles(model, layer, kernel, filters, inputs, style);
    }

    private static FinishedPicture SingleTiles(
        ModelInfoResponse model, LayerInfo layer, LayerKernel kernel, IReadOnlyList<int> filters, IReadOnlyList<int> inputs, TileStyle style)
    {
        var tiles = filters.Count * inputs.Count;
        if (tiles > MaxTiles)
        {
            throw RpcErrors.InvalidArgument(
                ("filters", $"{filters.Count} filters of {inputs.Count} channels are {tiles} tiles; the limit is {MaxTiles}: name fewer"));
        }

        // One filter per row, unless the filters have a single channel: then a near-square grid reads better.
        var defaults = GridOptions.Gallery with { Columns = inputs.Count == 1 ? null : inputs.Count };
        var grid = style.Grid(defaults, tiles, kernel.Width, kernel.Height);
        var size = kernel.Height * kernel.Width;
        var values = new float[tiles * size];
        var next = 0;
        foreach (var filter in filters)
        {
            foreach (var input in inputs)
            {
                kernel.Copy(filter, input, values.AsSpan(next++ * size, size));
            }
        }

        var mode = style.Mode(NormalizationMode.MinMax);
        var result = Normalizer.Normalize(values, size, new NormalizationOptions { Mode = mode }, values);
        var canvas = TileGrid.Compose(values, kernel.Width, kernel.Height, style.Colors(ColorMap.Grey), grid);
        var subtitle = inputs.Count == 1
            ? $"{filters.Count} filters of {kernel.Height}×{kernel.Width}; {mode.Words(result)}"
            : $"{filters.Count} filters (rows) over {inputs.Count} input channels (columns), {kernel.Height}×{kernel.Width} each; {mode.Words(result)}";
        return style.Finish(canvas, grid, tiles, (Title(model, layer), subtitle + FeatureMapPicture.Odd(result)), captionByDefault: true);
    }

    private static FinishedPicture ColorTiles(
        ModelInfoResponse model, LayerInfo layer, LayerKernel kernel, IReadOnlyList<int> filters, bool bgr, TileStyle style)
    {
        var grid = style.Grid(GridOptions.Gallery with { Margin = 4 }, filters.Count, kernel.Width, kernel.Height);
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
        var mode = style.Mode(NormalizationMode.MinMaxPerTile);
        var result = Normalizer.Normalize(values, 3 * size, new NormalizationOptions { Mode = mode }, values);
        var tiles = new List<Raster>(filters.Count);
        for (var i = 0; i < filters.Count; i++)
        {
            tiles.Add(UnitRange.ToPicture(
                values.AsSpan(i * 3 * size, 3 * size), kernel.Width, kernel.Height, 3, PixelLayout.ChannelsFirst, low: 0).Raster);
        }

        var canvas = TileGrid.Compose(tiles, grid);
        var subtitle = $"{filters.Count} filters of {kernel.Height}×{kernel.Width} over red, green and blue; {mode.Words(result)}";
        return style.Finish(
            canvas, grid, filters.Count, (Title(model, layer), subtitle + FeatureMapPicture.Odd(result)), captionByDefault: true);
    }

    private static FinishedPicture HeatMap(ModelInfoResponse model, LayerInfo layer, ReceivedTensor weights, TileStyle style)
    {
        if (weights.Shape.Count != 2)
        {
            throw RpcErrors.InvalidArgument(("layer", $"'{layer.Name}' has no kernel of rank 2 or 4 to draw"));
        }

        var (height, width) = (weights.Shape[0], weights.Shape[1]);
        var grid = style.Grid(GridOptions.Gallery, 1, width, height);
        var mode = style.Mode(NormalizationMode.MinMax);
        var values = new float[weights.Values.Length];
        var result = Normalizer.Normalize(weights.Values, values.Length, new NormalizationOptions { Mode = mode }, values);
        var canvas = TileGrid.Compose(values, width, height, style.Colors(ColorMap.Viridis), grid);
        var subtitle = $"dense kernel: {height} rows by {width} columns; {mode.Words(result)}";
        return style.Finish(canvas, grid, 1, (Title(model, layer), subtitle + FeatureMapPicture.Odd(result)), captionByDefault: true);
    }

    private static string Title(ModelInfoResponse model, LayerInfo layer) => $"{model.Name} · {layer.Name}";

    private static IReadOnlyList<int> Pick(string field, RepeatedField<int> asked, int count, string layer)
    {
        for (var i = 0; i < asked.Count; i++)
        {
            if (asked[i] < 0 || asked[i] >= count)
            {
                throw RpcErrors.InvalidArgument(($"{field}[{i}]", $"'{layer}' has 0 to {count - 1}, not {asked[i]}"));
            }
        }

        return asked.Count == 0 ? [.. Enumerable.Range(0, count)] : asked;
    }
}
