using CnnViz.Cli.Demo;
using CnnViz.Cli.Output;

namespace CnnViz.Cli.Tests.Demo;

public class DemoPageTests
{
    private static readonly SavedPicture _picture = new("/some/where/a b.png", "3 < 4", 20, 10, 2, 99, TimeSpan.FromSeconds(1));

    [Fact]
    public void Html_CaptionWithMarkup_EscapedAndFileLinkedRelatively()
    {
        var html = DemoPage.Html([new DemoSection("S & S", "An <introduction>.", [new DemoEntry("T & U", "Look.", _picture)])]);

        Assert.Contains("<h2>S &amp; S</h2>", html, StringComparison.Ordinal);
        Assert.Contains("An &lt;introduction&gt;.", html, StringComparison.Ordinal);
        Assert.Contains("3 &lt; 4", html, StringComparison.Ordinal);
        Assert.Contains("<h3>T &amp; U</h3>", html, StringComparison.Ordinal);
        Assert.Contains("src=\"a%20b.png\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/some/where", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_Table_KeepsItsLinesAndHasNoPicture()
    {
        var html = DemoPage.Html([new DemoSection("S", "I.", [new DemoEntry("T", "Look.", Picture: null, "a  b\nc  <d>")])]);

        Assert.Contains("<pre>a  b\nc  &lt;d&gt;</pre>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_SectionWithoutEntries_LeftOutAndTheRestLinked()
    {
        var html = DemoPage.Html([
            new DemoSection("Missing", "Nothing here.", []),
            new DemoSection("Present", "Here.", [new DemoEntry("T", "Look.", _picture)]),
        ]);

        Assert.DoesNotContain("Missing", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#part-1\">Present</a>", html, StringComparison.Ordinal);
        Assert.Contains("<section id=\"part-1\">", html, StringComparison.Ordinal);
    }
}
