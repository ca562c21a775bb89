using System.Text.Json;
using CnnViz.Cli.Output;
using CnnViz.V1;

namespace CnnViz.Cli.Tests.Output;

public class RunScoresTests
{
    private static readonly MaximizationResult[] _results =
    [
        Scored(3, 0, 1, 2),
        Scored(3, 1, 6, 2),
        Scored(12, 0, 2.5, 2),
        new() { Filter = 12, Variant = 1, ZeroGradient = true },
    ];

    [Fact]
    public void Of_RunWithoutScores_Null() => Assert.Null(RunScores.Of([new MaximizationResult { Filter = 1 }]));

    [Fact]
    public void Summary_OfRatios_CountsAndMedian()
    {
        var scores = RunScores.Of(_results)!;

        Assert.Equal(2, scores.Above);
        Assert.Equal(1.25, scores.MedianRatio);
        Assert.Equal(
            "2 of 4 images excite their filter more than the 99.9th percentile over photographs; median ratio 1.25",
            scores.Summary());
        Assert.Equal(0.875, RunScores.Of(_results[..1].Append(_results[2]).ToList())!.MedianRatio);
    }

    [Fact]
    public void Table_Variants_LinePerImageNamedFromOne()
    {
        var lines = RunScores.Of(_results)!.Table().Split('\n');

        Assert.Equal(6, lines.Length);
        Assert.Equal(["3", "/", "2", "6", "2", "3.00", "2.50"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["12", "/", "2", "-", "-", "-", "-"], lines[4].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(lines[..5].Select(line => line.Length).Distinct());
    }

    [Fact]
    public void Table_ReferenceBelowZero_NumbersWithoutRatio()
    {
        var scores = RunScores.Of([new MaximizationResult { Filter = 7, QualityReference = -4, QualityActivation = 1 }])!;

        Assert.Null(scores.MedianRatio);
        Assert.Equal(1, scores.Above);
        Assert.Equal(["7", "1", "-4", "-", "-"], scores.Table().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Json_Scores_OneLineWithNumbersOnlyWhereTheyAre()
    {
        using var writer = new StringWriter();

        new JsonOutput(writer, TextWriter.Null).Scores(RunScores.Of(_results)!);

        Assert.Single(writer.ToString().TrimEnd().Split('\n'));
        using var json = JsonDocument.Parse(writer.ToString());
        var scores = json.RootElement.GetProperty("scores");
        Assert.Equal((2, 4), (scores.GetProperty("above").GetInt32(), scores.GetProperty("of").GetInt32()));
        Assert.Equal(1.25, scores.GetProperty("medianRatio").GetDouble());
        var images = scores.GetProperty("images");
        Assert.Equal((3, 1, 3.0), (
            images[1].GetProperty("filter").GetInt32(),
            images[1].GetProperty("variant").GetInt32(),
            images[1].GetProperty("clean").GetDouble()));
        Assert.False(images[3].TryGetProperty("clean", out _));
    }

    private static MaximizationResult Scored(int filter, int variant, double activation, double reference) => new()
    {
        Filter = filter,
        Variant = variant,
        QualityActivation = activation,
        QualityTransformedActivation = activation - 1,
        QualityReference = reference,
        QualityClean = activation / reference,
        QualityTransformed = (activation - 1) / reference,
    };
}
