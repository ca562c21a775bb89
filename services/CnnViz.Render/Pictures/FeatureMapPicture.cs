using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>A layer's feature maps as a grid, one tile per channel. A dense layer's output is a plot of its units.</summary>
internal static class FeatureMapPicture
{
    /// <param name="model">The network.</param>
    /// <param name="info">What ran.</param>
    /// <param name="map">The layer's output, or the channels of it that were asked for.</param>
    /// <param name="chosen">Those channels' numbers; empty = all.</param>
    /// <param name="style">The checked look.</param>
    public static FinishedPicture Draw(
        ModelInfoResponse model, FeatureMapsInfo info, ReceivedTensor map, IReadOnlyList<int> chosen, TileStyle style)
    {
        var name = map.Header.Name;
        var title = $"{ModelTitles.Of(info.Execution)} · {name}";
        var all = (int)(model.Layers.FirstOrDefault(layer => layer.Name == name)?.OutputShape.FirstOrDefault() ?? map.Shape[0]);
        var input = $"a picture of {info.Height}×{info.Width}";
        if (map.Shape.Count == 1)
        {
            return UnitPicture.Draw(new UnitOutputs(title, input, all), model, map.Values, chosen, style);
        }

        var (channels, height, width) = map.Shape.Count == 3
            ? (map.Shape[0], map.Shape[1], map.Shape[2])
            : (map.Shape[0], 1, map.Values.Length / map.Shape[0]);
        var numbers = chosen.Count == 0 ? [.. Enumerable.Range(0, channels)] : chosen;
        var labels = TileTexts.Of(style, model, name, numbers, all);
        var grid = Grid(style, labels, channels, height, width);
        var values = new float[map.Values.Length];
        var ranges = style.Ranges(NormalizationMode.MinMaxPerTile);
        var result = Normalizer.Normalize(map.Values, height * width, ranges, values);
        var colors = style.Colors(ColorMap.Viridis);
        var canvas = TileGrid.Compose(values, width, height, colors, grid);

        var count = chosen.Count == 0 ? $"{channels}" : $"{channels} of {all}";
        var subtitle =
            $"{count} feature {(all == 1 ? "map" : "maps")} of {height}×{width} for {input}; {ranges.Words(result)}{Odd(result)}";
        var bar = style.Bar(colors, result, captionByDefault: true);
        return style.Finish(new Drawn(canvas, title, subtitle, grid.ColumnsOf(channels), channels, bar), captionByDefault: true);
    }

    /// <summary>Refuses a look that does not suit the layers, whose shapes are known before anything is computed.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a canvas that would be too large, or labels that do not
    /// exist.</exception>
    public static void Check(ModelInfoResponse model, FeatureMapsRequest request, TileStyle style)
    {
        foreach (var asked in request.Layers)
        {
            var layer = model.Layers.FirstOrDefault(
                l => l.Name == asked || l.SourceNames.Contains(asked) || TileTexts.Number(l.Index) == asked);
            if (layer is not { OutputShape.Count: 3 })
            {
                continue;
            }

            var all = (int)layer.OutputShape[0];
            var numbers = request.Channels.Count == 0 ? [.. Enumerable.Range(0, all)] : request.Channels.ToArray();
            var labels = TileTexts.Of(style, model, layer.Name, numbers, all);
            Grid(style, labels, numbers.Length, (int)layer.OutputShape[1], (int)layer.OutputShape[2]);
        }
    }

    /// <summary>Says so when values are not numbers; they are drawn in a colour of their own.</summary>
    internal static string Odd(NormalizationResult result) =>
        result.NonFinite == 0 ? "" : $"; {result.NonFinite} values are not finite";

    private static GridOptions Grid(TileStyle style, IReadOnlyList<string>? labels, int channels, int height, int width) =>
        style.Grid(GridOptions.Gallery with { Margin = 4, Labels = labels }, channels, width, height);
}
