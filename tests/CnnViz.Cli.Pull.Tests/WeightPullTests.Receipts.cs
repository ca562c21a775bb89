using CnnViz.Models;

namespace CnnViz.Cli.Pull.Tests;

/// <content>Several digests, and what holds after the first check.</content>
public sealed partial class WeightPullTests
{
    /// <summary>Two files may have one MD5; from the first check on, the SHA-256 tells.</summary>
    [Fact]
    public async Task Run_FileThatIsNotTheOneOfItsReceipt_IsRefused()
    {
        await using var server = await WeightServer.StartAsync();
        await PullAsync(server);
        var first = WeightReceipt.Read(Place)!;
        (first with { Sha256 = new string('1', 64) }).Write(Place);

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains("is not the file that was checked on", error.Message, StringComparison.Ordinal);
        Assert.Contains(first.Sha256, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SecondOfTwoDigestsIsWrong_IsDiscarded()
    {
        await using var server = await WeightServer.StartAsync();
        var source = Source(server.File, server.Content) with
        {
            Digests = [new("sha256", Sha256(server.Content)), new("md5", new string('0', 32))],
        };

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(Sources(source, [])));

        Assert.Contains("its md5 is", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }
}
