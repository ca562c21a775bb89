namespace CnnViz.Models;

/// <summary>
/// Joins layers that the field knows as one: a zero padding before a convolution, a padding of minus infinity before a max pool,
/// and a per-channel constant added to a convolution without bias. Fewer and clearer layers, and faster ones. Source names are
/// kept.
/// </summary>
internal static class LayerFolding
{
    /// <param name="layers">Topological order.</param>
    /// <param name="outputs">Layers that the source declares as outputs; they are not folded into others.</param>
    public static List<Layer> Fold(IReadOnlyList<Layer> layers, IReadOnlySet<string> outputs)
    {
        var folded = layers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        var consumers = layers.SelectMany(layer => layer.Inputs).GroupBy(name => name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            if (layer.Inputs.Count != 1 || outputs.Contains(layer.Inputs[0]) || consumers[layer.Inputs[0]] != 1)
            {
                continue;
            }

            var before = folded[layer.Inputs[0]];
            if (Join(before, folded[layer.Name]) is { } joined)
            {
                folded.Remove(before.Name);
                folded[layer.Name] = joined;
            }
        }

        return [.. layers.Where(layer => folded.ContainsKey(layer.Name)).Select(layer => folded[layer.Name])];
    }

    private static Layer? Join(Layer before, Layer layer)
    {
        var joined = (before.Op, layer.Op) switch
        {
            (Pad2DOp { Value: 0, Mode: PadMode.Constant } pad, Conv2DOp conv) =>
                layer with { Op = conv with { Padding = Sum(pad.Padding, conv.Padding) } },

            // Rounding up, the number of windows depends on which cells are padding.
            (Pad2DOp { Value: float.NegativeInfinity, Mode: PadMode.Constant } pad, Pool2DOp { Kind: PoolKind.Max, CeilMode: false } pool)
                when Fits(Sum(pad.Padding, pool.Padding), pool.Window) =>
                layer with { Op = pool with { Padding = Sum(pad.Padding, pool.Padding) } },
            (Conv2DOp, BinaryOp { Kind: BinaryKind.Add }) when before.Weight("bias") is null && IsPerChannel(before, layer) =>
                before with { Name = layer.Name, Weights = [.. before.Weights, Bias(layer.Weight("constant")!)] },
            _ => null,
        };
        return joined is null ? null : joined with
        {
            Inputs = before.Inputs,
            SourceNames = [.. layer.SourceNames.Concat(before.SourceNames).Append(before.Name).Distinct(StringComparer.Ordinal)],
        };
    }

    private static Padding2D Sum(Padding2D a, Padding2D b) =>
        new(a.Top + b.Top, a.Bottom + b.Bottom, a.Left + b.Left, a.Right + b.Right);

    /// <summary>Half a window at most: libraries refuse more, since a window could then see padding alone.</summary>
    private static bool Fits(Padding2D padding, Size2D window) =>
        Math.Max(padding.Top, padding.Bottom) <= window.Height / 2 && Math.Max(padding.Left, padding.Right) <= window.Width / 2;

    private static bool IsPerChannel(Layer convolution, Layer add) =>
        add.Weight("constant") is { Shape: [var channels, 1, 1] }
            && channels == KernelShape.Of(convolution.Weight("kernel")!).Out;

    private static LayerWeight Bias(LayerWeight constant) => constant with { Role = "bias", Shape = [constant.Shape[0]] };
}
