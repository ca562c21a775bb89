using CnnViz.Cli.Streams;

namespace CnnViz.Cli.Tests.Streams;

public class PictureFileTests
{
    [Theory]
    [InlineData("conv2d_457.tmp_0", "conv2d_457.tmp_0")]
    [InlineData("block_5_add/add", "block_5_add-add")]
    [InlineData("../../etc/passwd", "-..-etc-passwd")]
    [InlineData("..", "layer")]
    public void NameOf_Layer_SafeFileName(string layer, string expected) => Assert.Equal(expected, PictureFile.NameOf(layer));
}
