using CnnViz.Cli.Commands;

namespace CnnViz.Cli.Tests.Commands;

public class IndexListTests
{
    [Theory]
    [InlineData("7", new[] { 7 })]
    [InlineData("0-3,70", new[] { 0, 1, 2, 3, 70 })]
    [InlineData(" 5 , 2 - 2 ", null)]
    [InlineData(" 5 , 2-2 ", new[] { 5, 2 })]
    [InlineData("", null)]
    [InlineData("1,", null)]
    [InlineData("-1", null)]
    [InlineData("3-1", null)]
    [InlineData("1-3,2", null)]
    [InlineData("0-512", null)]
    [InlineData("0-2147483647", null)]
    [InlineData("99999999999", null)]
    [InlineData("0x1", null)]
    public void Parse_Text_IndicesInOrderOrRefusal(string text, int[]? expected)
    {
        if (expected is null)
            Assert.Throws<FormatException>(() => IndexList.Parse(text));
        else
            Assert.Equal(expected, IndexList.Parse(text));
    }

    [Fact]
    public void Parse_MostThatFit_Accepted() => Assert.Equal(Enumerable.Range(0, IndexList.MaxCount), IndexList.Parse("0-511"));
}
