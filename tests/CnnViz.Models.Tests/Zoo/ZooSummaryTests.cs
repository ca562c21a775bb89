namespace CnnViz.Models.Tests.Zoo;

/// <summary>
/// Summaries, to the character, against tables written by Keras' rules: those of its print_summary, layers ordered by depth.
/// </summary>
public sealed class ZooSummaryTests
{
    private static readonly SummaryTextOptions _withoutModelLine = new() { ModelLine = false };

    [Theory]
    [InlineData("vgg16", 224)]
    [InlineData("vgg16-notop", 224)]
    [InlineData("resnet50v2", 224)]
    [InlineData("resnet50v2-notop", 180)]
    [InlineData("smiley", 25)]
    [InlineData("conv-flatten-dense", 32)]
    [InlineData("autoencoder-first-layers", 96)]
    public void ToText_ZooModel_IsKerasToTheCharacter(string name, int size)
    {
        using var graph = ZooModel.All.Single(model => model.Name == name).Build();
        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Zoo", "Expected", $"{name}.txt"));
        Assert.Equal(expected, ModelSummary.Create(graph, size, size).ToText(_withoutModelLine));
    }

    [Theory]
    [InlineData("vgg16", 138_357_544, 0)]
    [InlineData("vgg16-notop", 14_714_688, 0)]
    [InlineData("resnet50v2", 25_613_800, 45_440)]
    [InlineData("resnet50v2-notop", 23_564_800, 45_440)]
    [InlineData("conv-flatten-dense", 144_901, 0)]
    [InlineData("smiley", 326, 0)]
    [InlineData("autoencoder-first-layers", 448, 64)]
    public void Create_ZooModel_HasThePublishedParameterCount(string name, long total, long nonTrainable)
    {
        using var graph = ZooModel.All.Single(model => model.Name == name).Build();
        var summary = ModelSummary.Create(graph, graph.Input.Height, graph.Input.Width);
        Assert.Equal((total, nonTrainable), (summary.TotalParameters, summary.NonTrainableParameters));
    }

    [Fact]
    public void Create_SequentialModel_ListsNoInput()
    {
        using var graph = ZooModel.All.Single(model => model.Name == "smiley").Build();
        var summary = ModelSummary.Create(graph, 25, 25);
        Assert.Equal("conv2d_1 (Conv2D)", summary.ToText().Split('\n')[4][..17]);
        Assert.Equal("input_1 (InputLayer)", summary.ToText(new SummaryTextOptions { InputRow = true }).Split('\n')[4][..20]);
    }
}
