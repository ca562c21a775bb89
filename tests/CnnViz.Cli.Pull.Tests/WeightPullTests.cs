using System.Security.Cryptography;
using CnnViz.Cli.Output;
using CnnViz.Models;

namespace CnnViz.Cli.Pull.Tests;

/// <summary>Pulls from a server on this machine, whole and broken.</summary>
public sealed partial class WeightPullTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cnnviz-pull-").FullName;
    private readonly StringWriter _said = new();

    private string Place => Path.Combine(_root, WeightServer.FileName);

    [Fact]
    public async Task Run_WholeFile_IsThereWithReceiptAndNothingElse()
    {
        await using var server = await WeightServer.StartAsync();

        var pulled = await PullAsync(server);

        Assert.True(pulled.Downloaded);
        Assert.Equal(server.Content, await File.ReadAllBytesAsync(Place));
        Assert.Equal([WeightServer.FileName, WeightServer.FileName + ".pulled.json"], Names());
        var receipt = WeightReceipt.Read(Place)!;
        Assert.Equal((server.Content.Length, Sha256(server.Content)), (receipt.Bytes, receipt.Sha256));
        Assert.Contains(" 100 %", _said.ToString(), StringComparison.Ordinal);
        Assert.Contains("3.0 of 3.0 MB", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CutTwice_GoesOnWhereItEnded()
    {
        await using var server = await WeightServer.StartAsync();
        (server.CutAfter, server.Cuts) = (1_000_000, 2);

        await PullAsync(server);

        Assert.Equal(server.Content, await File.ReadAllBytesAsync(Place));
        Assert.Equal(3, server.Ranges.Count);
        Assert.Equal("", server.Ranges.First());
        Assert.All(server.Ranges.Skip(1), range => Assert.Matches("^bytes=[1-9][0-9]*-$", range));
    }

    [Fact]
    public async Task Run_AfterAPullThatWasCutForGood_GoesOnInALaterCall()
    {
        await using var server = await WeightServer.StartAsync();
        (server.CutAfter, server.Cuts) = (100_000, int.MaxValue);
        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));
        Assert.Contains("What came is kept", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Place));
        var kept = new FileInfo(Place + ".part").Length;
        Assert.InRange(kept, 1, server.Content.Length - 1);
        server.Cuts = 0;
        server.Ranges.Clear();

        await PullAsync(server);

        Assert.Equal([$"bytes={kept}-"], server.Ranges);
        Assert.Equal(server.Content, await File.ReadAllBytesAsync(Place));
    }

    [Fact]
    public async Task Run_FileChangedSinceTheCut_BeginsAnew()
    {
        await using var server = await WeightServer.StartAsync();
        (server.CutAfter, server.Cuts) = (100_000, int.MaxValue);
        await Assert.ThrowsAsync<CliException>(() => PullAsync(server));
        server.Cuts = 0;
        server.Content = [.. server.Content.Reverse()];

        await PullAsync(server);

        Assert.Equal(server.Content, await File.ReadAllBytesAsync(Place));
    }

    [Fact]
    public async Task Run_PartCompleteAlready_IsTakenAsItIs()
    {
        await using var server = await WeightServer.StartAsync();
        await File.WriteAllBytesAsync(Place + ".part", server.Content);

        await PullAsync(server);

        Assert.Empty(server.Ranges);
        Assert.Equal(server.Content, await File.ReadAllBytesAsync(Place));
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("sha256")]
    public async Task Run_WrongDigest_IsDiscardedAndSaid(string algorithm)
    {
        await using var server = await WeightServer.StartAsync();
        var digest = new PublishedDigest(algorithm, new string('0', algorithm == "md5" ? 32 : 64));

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server, digest: digest));

        Assert.Contains($"its {algorithm} is", error.Message, StringComparison.Ordinal);
        Assert.Contains(digest.Value, error.Message, StringComparison.Ordinal);
        Assert.Contains("discarded", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Run_TruncatedBodyWithoutLength_IsNotTakenForTheFile()
    {
        await using var server = await WeightServer.StartAsync();
        var whole = server.Content;
        server.Content = whole[..^1000];
        server.TellsLength = false;

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server, whole));

        Assert.Contains("is not the published file", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Run_RedirectToAHostOffTheList_IsRefused()
    {
        await using var server = await WeightServer.StartAsync();
        await using var other = await WeightServer.StartAsync();
        server.RedirectTo = other.File.ToString();

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains($"'{other.Address.Authority}' is not on the list", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Ranges);
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData("http://example.invalid/file")]
    [InlineData("file:///etc/passwd")]
    public async Task Run_RedirectToNoHttps_IsRefused(string target)
    {
        await using var server = await WeightServer.StartAsync();
        server.RedirectTo = target;

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server, hosts: ["example.invalid"]));

        Assert.Contains("is not https", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RedirectToAHostOnTheList_IsFollowed()
    {
        await using var server = await WeightServer.StartAsync();
        await using var other = await WeightServer.StartAsync();
        server.RedirectTo = other.File.ToString();

        await PullAsync(server, hosts: [other.Address.Authority]);

        Assert.Equal(other.Content, await File.ReadAllBytesAsync(Place));
    }

    [Fact]
    public async Task Run_RedirectToItself_Ends()
    {
        await using var server = await WeightServer.StartAsync();
        server.RedirectTo = server.File.ToString();

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains("more than 5 times", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Run_LargerThanItMayBe_IsRefused(bool sizeKnown, bool tellsLength)
    {
        await using var server = await WeightServer.StartAsync();
        server.TellsLength = tellsLength;
        var expected = server.Content[..2_000_000];

        var error = await Assert.ThrowsAsync<CliException>(
            () => PullAsync(server, expected, sizeKnown: sizeKnown, limit: 2_000_000));

        Assert.Contains("at most 2,000,000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Run_NobodyListens_SaysWhatToFetchAndWhereToPutIt()
    {
        var server = await WeightServer.StartAsync();
        var address = server.File;
        var content = server.Content;
        await server.DisposeAsync();
        var source = Source(address, content);

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(Sources(source, [])));

        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
        Assert.Contains(source.Digests[0].Value, error.Message, StringComparison.Ordinal);
        Assert.Contains("3,000,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Run_ServerHasNoSuchFile_SaysWhatToFetchAndWhereToPutIt()
    {
        await using var server = await WeightServer.StartAsync();
        server.Status = 404;

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FilePutThereByHand_IsCheckedAndKeptWithoutANetwork()
    {
        await using var server = await WeightServer.StartAsync();
        await File.WriteAllBytesAsync(Place, server.Content);

        var pulled = await PullAsync(server);

        Assert.False(pulled.Downloaded);
        Assert.Empty(server.Ranges);
        Assert.Equal((false, Sha256(server.Content)), (WeightReceipt.Read(Place)!.Downloaded, WeightReceipt.Read(Place)!.Sha256));
    }

    [Fact]
    public async Task Run_AnotherFileIsInItsPlace_IsSaidAndLeftAlone()
    {
        await using var server = await WeightServer.StartAsync();
        await File.WriteAllTextAsync(Place, "mine");

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains("is not the published file", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Place));
    }

    [Fact]
    public async Task Run_AnotherPullIsAtWork_IsRefused()
    {
        await using var server = await WeightServer.StartAsync();
        await using var part = PartFile.Open(Place);

        var error = await Assert.ThrowsAsync<CliException>(() => PullAsync(server));

        Assert.Contains("Another process", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        _said.Dispose();
    }

    private static WeightSource Source(Uri address, byte[] content, bool sizeKnown = true, PublishedDigest? digest = null) => new(
        "vgg16", WeightServer.FileName, address, sizeKnown ? content.Length : null,
        [digest ?? new PublishedDigest("sha256", Sha256(content))], "none; random bytes");

    private static WeightSources Sources(WeightSource source, IEnumerable<string> hosts, long limit = 1 << 30) =>
        new([source.Url.Authority, .. hosts], limit, [source]);

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private Task<PulledFile> PullAsync(
        WeightServer server,
        byte[]? expected = null,
        bool sizeKnown = true,
        PublishedDigest? digest = null,
        string[]? hosts = null,
        long limit = 1 << 30) =>
        PullAsync(Sources(
            Source(server.File, expected ?? server.Content, sizeKnown, digest), hosts ?? [], limit));

    private async Task<PulledFile> PullAsync(WeightSources sources)
    {
        using var client = WeightDownload.Client();
        var pull = new WeightPull(
            new WeightDownload(client, sources, TimeProvider.System), new PlainOutput(TextWriter.Null, _said), TimeProvider.System);
        return await pull.RunAsync(sources.Files[0], _root, CancellationToken.None);
    }

    private IEnumerable<string> Names() =>
        Directory.EnumerateFiles(_root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
