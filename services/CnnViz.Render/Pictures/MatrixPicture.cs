using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>
/// A matrix of weights as one heat map, in the axis order it is stored in; a large one by the means of equal blocks. Tall ones
/// lie on their side. Cells are enlarged along each axis on its own, for a dense layer's matrix is often long and thin.
/// </summary>
internal static class MatrixPicture
{
    private const int WantedWidth = 960;
    private const int WantedHeight = 480;
    private const int MaxCell = 32;

    /// <summary>A matrix with this many times more rows than columns is turned.</summary>
    private const int Tall = 3;

    public static FinishedPicture Draw(WeightScene scene, ReceivedTensor weights)
    {
        var style = scene.Style;
        var (rows, columns) = (weights.Shape[0], weights.Shape[1]);
        var (down, across) = weights.Header.Layout switch
        {
            "IO" => ("inputs", "units"),
            "OI" => ("units", "inputs"),
            _ => ("rows", "columns"),
        };
        var block = HeatMap.Block(rows, columns);
        var cells = HeatMap.Average(weights.Values, rows, columns, block);
        var (height, width) = ((rows + block.Rows - 1) / block.Rows, (columns + block.Columns - 1) / block.Columns);
        var stored = $"{rows} {down} × {columns} {across}";
        if (height > Tall * width)
        {
            cells = HeatMap.Transpose(cells, height, width);
            (height, width, down, across) = (width, height, across, down);
        }

        var ranges = style.Ranges(NormalizationMode.MinMax);
        var result = Normalizer.Normalize(cells, cells.Length, ranges, cells);
        var colors = style.Colors(ColorMap.Viridis);
        var picture = new Raster(width, height, 3);
        colors.Apply(cells, picture.Pixels);
        var averaged = block == (1, 1) ? "" : $"; each cell the mean of up to {block.Rows}×{block.Columns} weights";
        var subtitle = $"{stored}, {down} from top to bottom, {across} from left to right{averaged}; "
            + $"{ranges.Words(result)}{FeatureMapPicture.Odd(result)}";
        var drawn = new Drawn(
            Enlarge(picture, style), scene.Title(weights.Header.Name), subtitle, 1, 1, style.Bar(colors, result, captionByDefault: true));
        return style.Finish(drawn, captionByDefault: true);
    }

    private static Raster Enlarge(Raster picture, TileStyle style)
    {
        var x = style.HasScale ? style.Scale : Math.Clamp(WantedWidth / picture.Width, 1, MaxCell);
        var y = style.HasScale ? style.Scale : Math.Clamp(WantedHeight / picture.Height, 1, MaxCell);

        // Cells close to square stay square.
        if (!style.HasScale && Math.Max(x, y) <= 2 * Math.Min(x, y))
        {
            x = y = Math.Min(x, y);
        }

        if ((long)picture.Width * x * picture.Height * y > ImageLimits.Default.MaxPixels)
        {
            throw RpcErrors.InvalidArgument(
                ("style.scale", $"{picture.Width}x{picture.Height} cells become more than {ImageLimits.Default.MaxPixels} pixels"));
        }

        var large = new Raster(picture.Width * x, picture.Height * y, 3);
        for (var row = 0; row < large.Height; row++)
        {
            var from = picture.Row(row / y);
            var to = large.Row(row);
            for (var column = 0; column < large.Width; column++)
            {
                from.Slice(column / x * 3, 3).CopyTo(to[(3 * column)..]);
            }
        }

        return large;
    }
}
