using static CnnViz.Models.Tests.Graph.Graphs;

namespace CnnViz.Models.Tests.Graph;

/// <summary>Which paddings become part of the layer behind them.</summary>
public sealed class LayerFoldingTests
{
    private static readonly Conv2DOp _conv = new(Size2D.One, Size2D.One, Padding2D.None);
    private static readonly Pool2DOp _pool = new(PoolKind.Max, new(3, 3), new(2, 2), Padding2D.None);

    [Fact]
    public void Fold_ZerosBeforeAConvolution_BecomeItsPadding()
    {
        var folded = Fold(new Pad2DOp(Padding2D.Uniform(1)), _conv, Weight("kernel", WeightLayout.Oihw, 4, 3, 3, 3));
        Assert.Equal(_conv with { Padding = Padding2D.Uniform(1) }, Assert.Single(folded).Op);
    }

    [Theory]
    [InlineData(PadMode.Reflect)]
    [InlineData(PadMode.Edge)]
    public void Fold_OtherCellsBeforeAConvolution_StayALayer(PadMode mode)
    {
        var pad = new Pad2DOp(Padding2D.Uniform(1), Mode: mode);
        Assert.Equal([pad, _conv], Fold(pad, _conv, Weight("kernel", WeightLayout.Oihw, 4, 3, 3, 3)).Select(layer => layer.Op));
    }

    [Fact]
    public void Fold_MinusInfinityBeforeAMaxPool_BecomesItsPaddingUnlessRoundedUp()
    {
        var pad = new Pad2DOp(Padding2D.Uniform(1), float.NegativeInfinity);
        Assert.Equal(_pool with { Padding = Padding2D.Uniform(1) }, Assert.Single(Fold(pad, _pool)).Op);
        Assert.Equal(2, Fold(pad, _pool with { CeilMode = true }).Count);
        Assert.Equal(2, Fold(pad with { Mode = PadMode.Edge }, _pool).Count);
    }

    [Fact]
    public void Multiple_TransposedConvolutionAfterStride_IsTheStride()
    {
        Layer[] layers =
        [
            new() { Name = "input", Op = new InputOp() },
            Layer("down", _conv with { Stride = new(4, 4) }, "input"),
            Layer("up", new ConvTranspose2DOp(new(2, 2), Size2D.One, Padding2D.None, 0, 0), "down"),
            Layer("again", _conv with { Stride = new(4, 4) }, "up"),
        ];
        Assert.Equal(8, SizeRule.Multiple(layers, Input(height: 32, width: 32), sizeDependentPadding: false));
        Assert.Equal(1, SizeRule.Multiple(layers[..2], Input(height: 32, width: 32), sizeDependentPadding: false));
    }

    /// <summary>The layers behind the input that folding leaves.</summary>
    private static List<Layer> Fold(LayerOp before, LayerOp op, params LayerWeight[] weights) =>
    [
        .. LayerFolding.Fold(
            [
                new() { Name = "input", Op = new InputOp() },
                Layer("before", before, "input"),
                Layer("it", op, "before", weights),
            ],
            new HashSet<string>(StringComparer.Ordinal)).Skip(1),
    ];
}
