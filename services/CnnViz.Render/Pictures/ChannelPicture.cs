using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>Weights of rank 3, (rows, columns, channels) in stored order: a tile for each channel picked.</summary>
internal static class ChannelPicture
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for another rank, or a channel that does not exist.</exception>
    public static FinishedPicture Draw(WeightScene scene, ReceivedTensor weights)
    {
        if (weights.Shape.Count != 3)
        {
            throw RpcErrors.InvalidArgument(
                ("role", $"'{scene.Layer.Name}' {weights.Header.Name} has rank {weights.Shape.Count}; ranks 1 to 4 can be drawn"));
        }

        var style = scene.Style;
        var (height, width, count) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
        var channels = scene.Pick("input_channels", scene.Request.InputChannels, count);
        var labels = TileTexts.Of(style, scene.Model, scene.Layer.Name, channels, count);
        var grid = style.Grid(GridOptions.Gallery with { Labels = labels }, channels.Count, width, height);
        var values = new float[channels.Count * height * width];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = weights.Values[i % (height * width) * count + channels[i / (height * width)]];
        }

        var ranges = style.Ranges(NormalizationMode.MinMax);
        var result = Normalizer.Normalize(values, height * width, ranges, values);
        var colors = style.Colors(ColorMap.Viridis);
        var subtitle = $"{channels.Count} of {count} channels (the last axis), {height}×{width} each; "
            + $"{ranges.Words(result)}{FeatureMapPicture.Odd(result)}";
        var drawn = new Drawn(
            TileGrid.Compose(values, width, height, colors, grid),
            scene.Title(weights.Header.Name),
            subtitle,
            grid.ColumnsOf(channels.Count),
            channels.Count,
            style.Bar(colors, result, captionByDefault: true));
        return style.Finish(drawn, captionByDefault: true);
    }
}
