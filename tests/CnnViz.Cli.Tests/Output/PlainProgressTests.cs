using System.Globalization;
using CnnViz.Cli.Output;

namespace CnnViz.Cli.Tests.Output;

public class PlainProgressTests
{
    [Fact]
    public void Report_HundredSixtySteps_ALineForEachTwentiethAndTheLast()
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture);
        var progress = new PlainProgress(writer);

        for (var step = 1; step <= 160; step++)
            progress.Report(new RunProgress(step / 160.0, "0-7", step, 160, 1.5, TimeSpan.FromSeconds(160 - step)));

        var lines = writer.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(21, lines.Length);
        Assert.Contains("filters 0-7 · iteration 1/160 · objective 1.5 · 2 min 39 s left", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  100 % · filters 0-7 · iteration 160/160", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Report_ManyAtTheEnd_LastLineOnce()
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture);
        var progress = new PlainProgress(writer);

        foreach (var fraction in new[] { 0.5, 0.99, 1.0, 1.0 })
            progress.Report(new RunProgress(fraction, "0", 1, 1, 0, null));

        Assert.Equal(3, writer.ToString().TrimEnd().Split(Environment.NewLine).Length);
    }
}
