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

    /// <summary>
    /// torchvision's published counts leave out the running statistics, which the tables' totals include.
    /// </summary>
    [Theory]
    [InlineData("vgg16", 138_357_544, 0)]
    [InlineData("vgg16-notop", 14_714_688, 0)]
    [InlineData("vgg19", 143_667_240, 0)]
    [InlineData("vgg19-notop", 20_024_384, 0)]
    [InlineData("resnet50", 25_636_712, 53_120)]
    [InlineData("resnet50-notop", 23_587_712, 53_120)]
    [InlineData("resnet101", 44_707_176, 105_344)]
    [InlineData("resnet101-notop", 42_658_176, 105_344)]
    [InlineData("resnet152", 60_419_944, 151_424)]
    [InlineData("resnet152-notop", 58_370_944, 151_424)]
    [InlineData("resnet50v2", 25_613_800, 45_440)]
    [InlineData("resnet50v2-notop", 23_564_800, 45_440)]
    [InlineData("resnet101v2", 44_675_560, 97_664)]
    [InlineData("resnet101v2-notop", 42_626_560, 97_664)]
    [InlineData("resnet152v2", 60_380_648, 143_744)]
    [InlineData("resnet152v2-notop", 58_331_648, 143_744)]
    [InlineData("mobilenet", 4_253_864, 21_888)]
    [InlineData("mobilenet-notop", 3_228_864, 21_888)]
    [InlineData("mobilenetv2", 3_538_984, 34_112)]
    [InlineData("mobilenetv2-notop", 2_257_984, 34_112)]
    [InlineData("densenet121", 8_062_504, 83_648)]
    [InlineData("densenet121-notop", 7_037_504, 83_648)]
    [InlineData("inceptionv3", 23_851_784, 34_432)]
    [InlineData("inceptionv3-notop", 21_802_784, 34_432)]
    [InlineData("efficientnetb0", 5_330_571, 42_023)]
    [InlineData("efficientnetb0-notop", 4_049_571, 42_023)]
    [InlineData("squeezenet", 1_235_496, 0)]
    [InlineData("squeezenet-notop", 722_496, 0)]
    [InlineData("resnet18-torchvision", 11_699_112, 9_600)]
    [InlineData("resnet34-torchvision", 21_814_696, 17_024)]
    [InlineData("resnet50-torchvision", 25_610_152, 53_120)]
    [InlineData("resnet101-torchvision", 44_654_504, 105_344)]
    [InlineData("resnet152-torchvision", 60_344_232, 151_424)]
    [InlineData("vgg16-torchvision", 138_357_544, 0)]
    [InlineData("vgg19-torchvision", 143_667_240, 0)]
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
