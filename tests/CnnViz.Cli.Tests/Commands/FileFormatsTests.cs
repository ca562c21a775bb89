using CnnViz.Cli.Commands;
using CnnViz.V1;

namespace CnnViz.Cli.Tests.Commands;

public class FileFormatsTests
{
    [Theory]
    [InlineData("a.png", PictureFormat.Png)]
    [InlineData("a.b/c.JPG", PictureFormat.Jpeg)]
    [InlineData("a.jpeg", PictureFormat.Jpeg)]
    [InlineData("a.webp", PictureFormat.Webp)]
    public void Still_KnownEnding_ItsFormatAndNoAnimation(string file, PictureFormat format)
    {
        Assert.Equal(format, FileFormats.Still(file));
        Assert.Null(FileFormats.Animated(file));
    }

    [Theory]
    [InlineData("a.apng", AnimationFormat.Apng)]
    [InlineData("a.GIF", AnimationFormat.Gif)]
    public void Animated_KnownEnding_ItsFormatAndNoStill(string file, AnimationFormat format)
    {
        Assert.Equal(format, FileFormats.Animated(file));
        Assert.Throws<CliException>(() => FileFormats.Still(file));
    }

    [Theory]
    [InlineData("picture")]
    [InlineData("picture.bmp")]
    [InlineData("png")]
    public void Animated_OtherEnding_UsageErrorThatListsTheEndings(string file)
    {
        var refused = Assert.Throws<CliException>(() => FileFormats.Animated(file));
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Contains(".png, .jpg or .webp", refused.Message, StringComparison.Ordinal);
        Assert.Contains(".apng or .gif", refused.Message, StringComparison.Ordinal);
    }
}
