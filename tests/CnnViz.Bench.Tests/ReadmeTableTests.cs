using CnnViz.Bench.Report;
using CnnViz.Tests.Shared;

namespace CnnViz.Bench.Tests;

/// <summary>The README's figures are those of the committed run.</summary>
public sealed class ReadmeTableTests
{
    private static readonly IReadOnlyList<BenchResult> _committed =
        BenchRun.ReadResults(BenchRun.ResultsFile(RepositoryPaths.Root));

    [Fact]
    public void Find_CommittedReadme_IsTheTableOfTheCommittedResults()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));

        Assert.Equal(ReadmeTable.Render(_committed), ReadmeTable.Find(readme));
    }

    [Fact]
    public void ReadResults_Committed_RatiosAreThoseOfTheTimes()
    {
        var compared = _committed.Where(result => result is { Ms: not null, PeerMs: not null }).ToList();

        Assert.NotEmpty(compared);
        Assert.All(compared, result =>
        {
            Assert.Equal(1, result.PeerMs!.Value / result.Ms!.Value / result.Ratio!.Value, 0.01);
            Assert.InRange(result.Ratio.Value, result.Spread![0] - 0.01, result.Spread[1] + 0.01);
            Assert.True(result.Pairs >= 7, $"{result.Job}: {result.Pairs} pairs");
        });
    }

    [Fact]
    public void ReadResults_Committed_AreOfOneRun() =>
        Assert.Single(_committed.Select(result => result.Machine).Distinct());

    [Fact]
    public void Replace_OtherResults_ChangesOnlyWhatStandsBetweenTheMarks()
    {
        var readme = $"before\n{ReadmeTable.Begin}\nold\n{ReadmeTable.End}\nafter\n";
        BenchResult[] results =
            [new() { Job = "a job", Group = "step", Ms = 2, Peer = "a peer", PeerMs = 6, Ratio = 3, Pairs = 7 }];

        var replaced = ReadmeTable.Replace(readme, results);

        Assert.StartsWith($"before\n{ReadmeTable.Begin}\n", replaced, StringComparison.Ordinal);
        Assert.EndsWith($"{ReadmeTable.End}\nafter\n", replaced, StringComparison.Ordinal);
        Assert.Contains("a job", ReadmeTable.Find(replaced), StringComparison.Ordinal);
        Assert.DoesNotContain("old", replaced, StringComparison.Ordinal);
    }

    [Fact]
    public void Replace_NoMarks_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => ReadmeTable.Replace("no table here\n", []));
}
