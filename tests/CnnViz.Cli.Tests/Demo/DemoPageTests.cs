using CnnViz.Cli.Demo;
using CnnViz.Cli.Output;
using CnnViz.V1;

namespace CnnViz.Cli.Tests.Demo;

public class DemoPageTests
{
    [Fact]
    public void Html_CaptionWithMarkup_EscapedAndFileLinkedRelatively()
    {
        var info = new ModelInfoResponse { Name = "nanodet", Description = "A <detector>.", Digest = "0123456789abcdef" };
        var picture = new SavedPicture("/some/where/a b.png", "3 < 4", 20, 10, 2, 99, TimeSpan.FromSeconds(1));

        var html = DemoPage.Html(info, [new DemoEntry("T & U", "Look.", picture)]);

        Assert.Contains("A &lt;detector&gt;.", html, StringComparison.Ordinal);
        Assert.Contains("3 &lt; 4", html, StringComparison.Ordinal);
        Assert.Contains("T &amp; U", html, StringComparison.Ordinal);
        Assert.Contains("src=\"a%20b.png\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/some/where", html, StringComparison.Ordinal);
    }
}
