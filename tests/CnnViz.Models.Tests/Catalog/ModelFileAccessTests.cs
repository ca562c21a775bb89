namespace CnnViz.Models.Tests.Catalog;

/// <summary>Which paths callers may name.</summary>
public sealed class ModelFileAccessTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    public void Refusal_Off_RefusesEverything(string? setting)
    {
        var access = ModelFileAccess.Parse(setting);
        Assert.False(access.Any);
        Assert.Contains("no model by its path", access.Refusal("/models/m.onnx"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/models/m.onnx", null)]
    [InlineData("/models/deeper/model.json", null)]
    [InlineData("/models/deeper/../m.onnx", null)]
    [InlineData("/models/../secret/m.onnx", "not below")]
    [InlineData("/models-of-others/m.onnx", "not below")]
    [InlineData("/m.onnx", "not below")]
    [InlineData("/models/m.txt", "must end with")]
    [InlineData("/models", "must end with")]
    [InlineData("models/m.onnx", "must be absolute")]
    [InlineData("./m.onnx", "must be absolute")]
    public void Refusal_BelowAFolder_RefusesWhatLiesElsewhere(string path, string? part)
    {
        foreach (var setting in new[] { "/models", "/models/" })
        {
            var refusal = ModelFileAccess.Parse(setting).Refusal(path);
            if (part is null)
            {
                Assert.Null(refusal);
            }
            else
            {
                Assert.Contains(part, refusal, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Refusal_BelowTheRoot_AllowsEveryFolder() => Assert.Null(ModelFileAccess.Below("/").Refusal("/m.onnx"));

    [Fact]
    public void Refusal_Anywhere_AllowsEveryFolder() => Assert.Null(ModelFileAccess.Parse("1").Refusal("/any/m.json"));

    [Theory]
    [InlineData("yes")]
    [InlineData("models")]
    public void Parse_NeitherSwitchNorAbsoluteFolder_Throws(string setting) =>
        Assert.Throws<ArgumentException>(() => ModelFileAccess.Parse(setting));

    [Theory]
    [InlineData("./m.onnx", true)]
    [InlineData("/a/model.json", true)]
    [InlineData("m.onnx", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("nanodet", false)]
    public void IsFilePath_Text_NeedsASeparatorAndAnEnding(string text, bool expected) =>
        Assert.Equal(expected, ModelCatalog.IsFilePath(text));
}
