using static CnnViz.Models.Tests.Graph.Graphs;

namespace CnnViz.Models.Tests.Graph;

public sealed class ShapeInferenceTests
{
    private static readonly Pool2DOp _halve = new(PoolKind.Max, new(2, 2), new(2, 2), Padding2D.None);

    [Fact]
    public void Infer_Targets_LeavesOutTheRest()
    {
        using var graph = Of(Input(), Layer("a", _halve, "input"), Layer("b", _halve, "a"), Layer("c", _halve, "a"));
        var shapes = ShapeInference.Infer(graph, 8, 16, ["b"]);
        Assert.Equal(["a", "b", "input"], shapes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("(3, 2, 4)", shapes["b"].ToString());
    }

    [Fact]
    public void Infer_BehindUnsupported_IsAbsentUnlessWanted()
    {
        using var graph = Of(
            Input(), Layer("a", _halve, "input"), Layer("odd", new UnsupportedOp("TopKV2", "unknown"), "a"), Layer("after", _halve, "odd"));
        Assert.Equal(["input", "a"], ShapeInference.Infer(graph, 8, 8).Keys);
        var refusal = Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 8, 8, ["after"]));
        Assert.Contains("'odd' (TopKV2)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, ShapeInference.Infer(graph, 8, 8, ["a"]).Count);
    }

    [Fact]
    public void Infer_UnwantedMisfit_DoesNotMatter()
    {
        using var graph = Of(
            Input(), Layer("a", _halve, "input"),
            Layer("far", new Pool2DOp(PoolKind.Max, new(9, 9), Size2D.One, Padding2D.None), "a"));
        Assert.Equal("(3, 4, 4)", ShapeInference.Infer(graph, 8, 8, ["a"])["a"].ToString());
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 8, 8));
    }

    [Fact]
    public void Infer_UnknownTarget_SuggestsTheNearest()
    {
        using var graph = Of(Input(), Layer("block1_conv1", _halve, "input"), Layer("block1_conv2", _halve, "block1_conv1"));
        var refusal = Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 8, 8, ["block1_konv1"]));
        Assert.Contains("did you mean 'block1_conv1' or 'block1_conv2'?", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(8, -4)]
    [InlineData(int.MaxValue, 8)]
    [InlineData(6, 8)]
    public void Infer_UnsuitableSize_IsRefused(int height, int width)
    {
        using var graph = Of(Input() with { SizeMultiple = 4 }, Layer("a", _halve, "input"));
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, height, width));
    }

    [Fact]
    public void Infer_FixedSize_TakesOnlyTheDeclared()
    {
        using var graph = Of(Input() with { FixedSize = true }, Layer("a", _halve, "input"));
        Assert.Equal("(3, 4, 4)", ShapeInference.Infer(graph, 8, 8)["a"].ToString());
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 8, 16));
    }

    [Fact]
    public void Nearest_MisspeltAndForeignNames_SuggestsOnlyWhatIsNear()
    {
        string[] names = ["Add_10", "Add_16", "Concat_9", "MaxPool2d", "block1_conv1"];
        Assert.Equal("Add_10", NameSuggestions.Nearest("add_10", names)[0]);
        Assert.Equal("MaxPool2d", NameSuggestions.Nearest("MaxPool2D", names)[0]);
        Assert.Equal(["Add_10", "Add_16"], NameSuggestions.Nearest("Ad_1", names, 2));
        Assert.Empty(NameSuggestions.Nearest("qqqqqqqqqqqqqqqqqqqqqqqq", names));
        Assert.Empty(NameSuggestions.Nearest("", names));
        Assert.Empty(NameSuggestions.Nearest(new string('a', 100_000), names));
    }
}
