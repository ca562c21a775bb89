using CnnViz.Bench.Peers;
using CnnViz.Models;
using CnnViz.Tests.Shared;

namespace CnnViz.Bench.Tests;

/// <summary>Peers as child processes: those that answer, and those that are missing or fail.</summary>
public sealed class PeerTests
{
    private const string Answers = """echo '{"ready":"a shell"}'; while read line; do echo '{"ms":10}'; done""";

    [Fact]
    public async Task Runner_APeerThatAnswers_IsItsMillisecondsPerUnit()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        await using var peer = await Peer.TryStartAsync(
            Context(catalog, _ => { }), "shell", "sh", ["-c", Answers], CancellationToken.None);

        Assert.NotNull(peer);
        Assert.Equal("a shell", peer.About);
        Assert.Equal(2.5, await peer.Runner(units: 4)(CancellationToken.None));
    }

    [Theory]
    [InlineData("no-such-program-anywhere", "")]
    [InlineData("sh", "echo nothing to compare >&2; exit 3")]
    [InlineData("sh", """echo '{"error":"no library"}'""")]
    public async Task TryStartAsync_APeerThatIsMissingOrFails_IsLeftOutAndSaid(string program, string script)
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        var said = "";

        var peer = await Peer.TryStartAsync(
            Context(catalog, text => said += text), "the peer", program, ["-c", script], CancellationToken.None);

        Assert.Null(peer);
        Assert.StartsWith("peer left out: the peer: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runner_APeerThatEnds_SaysItsLastWords()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        await using var peer = await Peer.TryStartAsync(
            Context(catalog, _ => { }),
            "shell",
            "sh",
            ["-c", """echo '{"ready":"a shell"}'; read line; echo out of luck >&2"""],
            CancellationToken.None);

        var failure = await Assert.ThrowsAsync<PeerException>(() => peer!.Runner(1)(CancellationToken.None));

        Assert.Contains("out of luck", failure.Message, StringComparison.Ordinal);
    }

    private static BenchContext Context(ModelCatalog catalog, Action<string> say) =>
        new(RepositoryPaths.Root, Path.GetTempPath(), Quick: true, PeakGflops: 0, catalog, say);
}
