using CnnViz.Engine.OneDnn.Native;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>
/// The gradient of a convolution to its input. With stride 1 it is a convolution with mirrored weights, which runs as fast as a
/// forward one and can apply, as it stores its result, what else stands between it and the value before.
/// </summary>
internal sealed partial class PlanEmitter
{
    /// <summary>Below this number of channels, padding a map so that Winograd takes it costs more than it gains.</summary>
    private const int WorthPadding = 32;

    /// <summary>Most input channels for which a strided convolution's gradient is computed sub-pixel by sub-pixel.</summary>
    private const int SubPixelChannels = 4;

    private void Backward(ConvNode node, PlanBuffer g)
    {
        if (!node.Act.IsNone && !Absorbs(node.Output))
        {
            Op(ShimOpKind.ActBackward, node.Output, g, _values[node.Output], g, new OpDetails { Act = node.Act });
        }

        var input = node.Inputs[0];
        if (input.Blocked)
        {
            ToMap(node, g, input);
        }
        else
        {
            ToPicture(node, g, input);
        }

        if (node.HasResidual)
        {
            Give(node.Inputs[1], g);
        }
    }

    /// <summary>
    /// Whether the gradient to a value is finished by the convolutions that take it: they multiply by the mask of the function
    /// that made it, and by the scale before that.
    /// </summary>
    private static bool Absorbs(PlanValue value)
    {
        if (!value.Blocked || value.IsTarget || !value.Consumers.All(consumer =>
            consumer is ConvNode conv && conv.Inputs[0] == value && !(conv.HasResidual && conv.Inputs[1] == value) && Mirrors(conv)))
        {
            return false;
        }

        return value.Producer switch
        {
            AffineNode affine => affine.Act.IsNone || affine.Act.HasMask,

            // Winograd does not multiply by masks, and the result itself is at hand as one.
            ConvNode conv => conv.Act.HasMask && !value.Consumers.Any(consumer => ((ConvNode)consumer).Window.SuitsWinograd),
            _ => false,
        };
    }

    /// <summary>Whether a convolution's gradient is a convolution with mirrored weights.</summary>
    private static bool Mirrors(ConvNode node)
        => node.Window.Stride == Size2D.One && MirroredPadding(node) is { Top: >= 0, Bottom: >= 0, Left: >= 0, Right: >= 0 };

    private static Padding2D MirroredPadding(ConvNode node)
    {
        var (window, padding) = (node.Window, PaddingOf(node));
        var (rows, columns) = (
            (window.Kernel.Height - 1) * window.Dilation.Height, (window.Kernel.Width - 1) * window.Dilation.Width);
        return new Padding2D(rows - padding.Top, rows - padding.Bottom, columns - padding.Left, columns - padding.Right);
    }

    private void ToMap(ConvNode node, PlanBuffer g, PlanValue input)
    {
        if (!Mirrors(node))
        {
            var made = Buffer(input, _gradientType);
            Strided(node, g, input, made);
            Give(input, made);
            return;
        }

        if (!Absorbs(input))
        {
            ContributeSum(input, (to, posts) => Mirrored(node, g, to, posts, null));
            return;
        }

        Absorb(node, g, input);
    }

    /// <summary>Adds to an absorbed value's gradient; the last convolution also takes it through the function before.</summary>
    private void Absorb(ConvNode node, PlanBuffer g, PlanValue input)
    {
        var affine = input.Producer as AffineNode;
        var slot = Slot(input);
        List<ConvPost> posts = slot.Buffer is null ? [] : [new ConvPost(ShimPostKind.Sum)];
        var isLast = slot.Remaining == 1;
        if (isLast && _masks.TryGetValue(input, out var mask))
        {
            posts.Add(new ConvPost(ShimPostKind.Mask, mask));
        }

        var before = isLast && affine is not null ? Slot(affine.Inputs[0]) : null;
        if (before?.Buffer is { } sum && affine!.Inputs[0].Blocked)
        {
            // What reached the value before by other ways is added here; into a buffer of its own, since adding what lies at
            // the destination takes a pass more.
            posts.Add(new ConvPost(ShimPostKind.Add, sum));
            var to = slot.Buffer ?? NewGradient(input);
            Mirrored(node, g, to, posts, affine);
            (before.Buffer, slot.Buffer) = (to, null);
            before.Remaining--;
        }
        else
        {
            slot.Buffer ??= NewGradient(input);
            Mirrored(node, g, slot.Buffer, posts, affine);
        }

        slot.Remaining--;
    }

    private void Mirrored(
        ConvNode node, PlanBuffer g, PlanBuffer to, List<ConvPost> posts, AffineNode? affine, bool wholeBlocks = false)
    {
        var (output, input, kernel) = (node.Output, node.Inputs[0], node.Kernel);
        var window = node.Window with { Padding = MirroredPadding(node) };
        var source = MapPart.Of(output);
        var p = window.Padding;
        if (window is { Kernel: { Height: 3, Width: 3 }, Groups: 1 } && !window.SuitsWinograd
            && (window with { Padding = default }).SuitsWinograd && Math.Min(output.Channels, input.Channels) >= WorthPadding)
        {
            (g, source) = Padded(output, g, p with { Top = Over(p.Top), Bottom = Over(p.Bottom), Left = Over(p.Left), Right = Over(p.Right) });
            window = window with { Padding = new(Math.Min(p.Top, 1), Math.Min(p.Bottom, 1), Math.Min(p.Left, 1), Math.Min(p.Right, 1)) };
        }

        var made = MapPart.Of(input);
        var count = checked((int)kernel.Count);
        if (wholeBlocks && kernel.Groups == 1)
        {
            made = made with { Channels = (made.Channels + _block - 1) / _block * _block };
        }

        Conv(new ConvCall
        {
            Source = g,
            SourceShape = source,
            Destination = to,
            DestinationShape = made,
            Window = window,
            Key = $"m:{kernel.ForwardKey}|{ConvKernel.KeyOf(affine?.Scale)}|{made.Channels}",
            WeightCount = (long)count / input.Channels * made.Channels,
            Write = weights =>
            {
                kernel.WriteFlipped(weights[..count], affine?.Scale);
                weights[count..].Clear();
            },
            Posts = posts,
        });
    }

    /// <summary>What Winograd's padding of 1 does not cover.</summary>
    private static int Over(int padding) => Math.Max(0, padding - 1);

    private (PlanBuffer Buffer, MapPart Shape) Padded(PlanValue value, PlanBuffer g, Padding2D by)
    {
        var shape = new MapPart(
            value.Channels, value.Height + by.Top + by.Bottom, value.Width + by.Left + by.Right, 0, 0, 0);
        var buffer = BlockedBuffer(shape.Channels, shape.Height, shape.Width, g.Type);
        Copy(
            g, MapPart.Of(value), buffer, shape with { Row = by.Top, Column = by.Left }, value.Channels, value.Height, value.Width,
            new OpDetails { Fill = true });
        return (buffer, shape);
    }

    private void Strided(ConvNode node, PlanBuffer g, PlanValue input, PlanBuffer to) => ConvBackward(new ConvCall
    {
        Source = g,
        SourceShape = MapPart.Of(node.Output),
        Destination = to,
        DestinationShape = MapPart.Of(input),
        Window = node.Window with { Padding = PaddingOf(node) },
        Key = node.Kernel.ForwardKey,
        WeightCount = node.Kernel.Count,
        Write = node.Kernel.WriteForward,
    });

    private void ToPicture(ConvNode node, PlanBuffer g, PlanValue picture)
    {
        if (!Mirrors(node) && picture.Channels <= SubPixelChannels && node.Window is { Dilation: { Height: 1, Width: 1 }, Groups: 1 })
        {
            SubPixel(node, g, picture);
            return;
        }

        var made = BlockedBuffer(picture.Channels, picture.Height, picture.Width, _gradientType);
        if (Mirrors(node))
        {
            Mirrored(node, g, made, [], null, wholeBlocks: true);
        }
        else
        {
            Strided(node, g, picture, made);
        }

        Contribute(picture, (to, accumulate) =>
            Op(ShimOpKind.ToPlanar, picture, made, null, to, new OpDetails { Accumulate = accumulate }));
    }

    private void SubPixel(ConvNode node, PlanBuffer g, PlanValue picture)
    {
        var (output, kernel, window, padding) = (node.Output, node.Kernel, node.Window, PaddingOf(node));
        var rows = new SubPixelAxis(window.Kernel.Height, window.Stride.Height, padding.Top);
        var columns = new SubPixelAxis(window.Kernel.Width, window.Stride.Width, padding.Left);
        var height = rows.Cells(picture.Height, output.Height);
        var width = columns.Cells(picture.Width, output.Width);
        var channels = rows.Stride * columns.Stride * picture.Channels;

        // Whole blocks of channels, which the fastest implementations insist on; what is beyond stays 0.
        var whole = (channels + _block - 1) / _block * _block;
        var perChannel = output.Channels * rows.Taps * columns.Taps;
        var cells = BlockedBuffer(channels, height, width, _gradientType);
        Conv(new ConvCall
        {
            Source = g,
            SourceShape = MapPart.Of(output),
            Destination = cells,
            DestinationShape = new MapPart(whole, height, width, 0, 0, 0),
            Window = new ConvWindow(
                new Size2D(rows.Taps, columns.Taps),
                Size2D.One,
                Size2D.One,
                new Padding2D(
                    rows.Before, rows.After(height, output.Height), columns.Before, columns.After(width, output.Width)),
                1),
            Key = $"s:{kernel.ForwardKey}|{padding.Top},{padding.Left}",
            WeightCount = (long)whole * perChannel,
            Write = weights =>
            {
                kernel.WriteSubPixel(weights[..(channels * perChannel)], rows, columns);
                weights[(channels * perChannel)..].Clear();
            },
        });
        Contribute(picture, (to, accumulate) => Op(ShimOpKind.SubPixel, picture, cells, null, to, new OpDetails
        {
            Accumulate = accumulate,
            Numbers = [rows.Stride, columns.Stride, height, width],
        }));
    }
}
