using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Where regions lie in each other.</summary>
internal sealed partial class PlanEmitter
{
    private static Padding2D PaddingOf(ConvNode node)
    {
        var padding = node.Window.PaddingOf(node.Output.Region, node.Inputs[0].Region);
        return padding is { Top: >= 0, Left: >= 0 }
            ? NonNegative(padding)
            : throw new CompileException($"layer '{node.Name}' pads by more than its kernel reaches");
    }

    /// <summary>A negative padding at an end means cells that no window reaches: a convolution leaves them out by itself.</summary>
    private static Padding2D NonNegative(Padding2D padding) => new(
        Math.Max(padding.Top, 0), Math.Max(padding.Bottom, 0), Math.Max(padding.Left, 0), Math.Max(padding.Right, 0));

    /// <summary>Where a crop lies in what it is cut from.</summary>
    private static MapPart Within(CropNode node)
    {
        var (whole, part) = (node.Inputs[0].Region, node.Output.Region);
        return MapPart.Of(node.Inputs[0], 0, part.Top - whole.Top, part.Left - whole.Left);
    }

    /// <summary>The cells of a padded map's region that come from the map.</summary>
    private static (MapPart From, MapPart To, int Rows, int Columns) Overlap(PadNode node)
    {
        var (input, output) = (node.Inputs[0], node.Output);
        var top = Math.Max(output.Region.Top, input.Region.Top + node.Padding.Top);
        var bottom = Math.Min(output.Region.Bottom, input.Region.Bottom + node.Padding.Top);
        var left = Math.Max(output.Region.Left, input.Region.Left + node.Padding.Left);
        var right = Math.Min(output.Region.Right, input.Region.Right + node.Padding.Left);
        return (
            MapPart.Of(input, 0, Math.Max(0, top - node.Padding.Top - input.Region.Top), Math.Max(0, left - node.Padding.Left - input.Region.Left)),
            MapPart.Of(output, 0, Math.Max(0, top - output.Region.Top), Math.Max(0, left - output.Region.Left)),
            Math.Max(0, bottom - top),
            Math.Max(0, right - left));
    }

    private static int[] CopyNumbers(MapPart from, MapPart to, int channels, int rows, int columns) =>
    [
        channels, rows, columns, from.Channel, from.Row, from.Column, to.Channels, to.Height, to.Width, to.Channel, to.Row,
        to.Column, 1, 1, 1, 1,
    ];

    private static OpDetails PoolDetails(PoolNode node)
    {
        var op = node.Op;
        var padding = node.Window.PaddingOf(node.Output.Region, node.Inputs[0].Region);
        var dilation = op.Dilation ?? Size2D.One;
        return new OpDetails
        {
            Numbers =
            [
                node.Output.Height, node.Output.Width, op.Window.Height, op.Window.Width, op.Stride.Height, op.Stride.Width,
                dilation.Height, dilation.Width, padding.Top, padding.Left, node.Zeros.IsNone ? 0 : 1,
                Math.Max(0, padding.Bottom), Math.Max(0, padding.Right),
            ],
            Table0 = op.Kind == PoolKind.Average ? [.. Shares(node, rows: true), .. Shares(node, rows: false)] : null,
        };
    }

    /// <summary>One axis' factor of each window's mean: 1 / (its cells that count).</summary>
    private static IEnumerable<float> Shares(PoolNode node, bool rows)
    {
        var shape = node.Inputs[0].Shape;
        var axis = rows ? node.Op.Rows(shape.Height) : node.Op.Columns(shape.Width);
        var (first, end) = rows
            ? (node.Output.Region.Top, node.Output.Region.Bottom)
            : (node.Output.Region.Left, node.Output.Region.Right);
        for (var window = first; window < end; window++)
        {
            var start = (window * axis.Stride) - axis.Before;
            var (least, most) = node.Op.CountPadding ? (-axis.Before, axis.Extent + axis.After) : (0, axis.Extent);
            var counted = Enumerable.Range(0, axis.Window).Count(cell =>
            {
                var at = start + (cell * axis.Dilation);
                return at >= least && at < most;
            });
            yield return 1f / counted;
        }
    }

    private static OpDetails Taps(ResizeNode node, bool transposed)
    {
        var (from, to) = (node.Inputs[0].Region, node.Output.Region);
        return transposed
            ? new OpDetails
            {
                Numbers = [from.Height, from.Width],
                Table0 =
                [
                    .. node.Rows.Transposed(to.Top, to.Bottom, from.Top, from.Bottom),
                    .. node.Columns.Transposed(to.Left, to.Right, from.Left, from.Right),
                ],
            }
            : new OpDetails
            {
                Numbers = [to.Height, to.Width],
                Table0 =
                [
                    .. node.Rows.Table(to.Top, to.Bottom, from.Top), .. node.Columns.Table(to.Left, to.Right, from.Left),
                ],
            };
    }
}
