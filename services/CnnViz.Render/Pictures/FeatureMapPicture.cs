using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>A layer's feature maps as a grid, one tile per channel. A dense layer's output is one row of cells.</summary>
internal static class FeatureMapPicture
{
    public static FinishedPicture Draw(FeatureMapsInfo info, ReceivedTensor map, TileStyle style)
    {
        var (channels, height, width) = map.Shape.Count switch
        {
            3 => (map.Shape[0], map.Shape[1], map.Shape[2]),
            1 => (1, 1, map.Shape[0]),
            _ => (map.Shape[0], 1, map.Values.Length / map.Shape[0]),
        };
        var mode = style.Mode(NormalizationMode.MinMaxPerTile);
        var grid = style.Grid(GridOptions.Gallery with { Margin = 4 }, channels, width, height);

        var values = new float[map.Values.Length];
        var result = Normalizer.Normalize(map.Values, height * width, new NormalizationOptions { Mode = mode }, values);
        var canvas = TileGrid.Compose(values, width, height, style.Colors(ColorMap.Viridis), grid);

        var name = map.Header.Name;
        var title = $"{info.Execution.Model} · {name}";
        var subtitle = $"{channels} feature {(channels == 1 ? "map" : "maps")} of {height}×{width} for a picture of "
            + $"{info.Height}×{info.Width}; {mode.Words(result)}{Odd(result)}";
        return style.Finish(canvas, grid, channels, (title, subtitle), captionByDefault: true);
    }

    /// <summary>Says so when values are not numbers; they are drawn in a colour of their own.</summary>
    internal static string Odd(NormalizationResult result) =>
        result.NonFinite == 0 ? "" : $"; {result.NonFinite} values are not finite";
}
