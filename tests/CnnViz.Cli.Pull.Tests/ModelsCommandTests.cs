using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using CnnViz.Models;
using CnnViz.Tests.Shared;

namespace CnnViz.Cli.Pull.Tests;

/// <summary>`models pull`, `list`, `add` and `remove` as a person runs them.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => Path.Combine(_folder.Path, "root");

    [Fact]
    public async Task Pull_PublishedFileOfNoUse_SaysSo()
    {
        await using var server = await WeightServer.StartAsync();
        var list = WriteList(server, Convert.ToHexStringLower(SHA256.HashData(server.Content)));

        var pulled = await RunAsync("pull", "vgg16", "--sources", list);

        Assert.Equal(1, pulled.ExitCode);
        Assert.Contains("is the published file, but 'vgg16' cannot use it", pulled.Error, StringComparison.Ordinal);
        var listed = await RunAsync("list");
        Assert.Contains("cannot be used: " + WeightServer.FileName, listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_WrongDigest_FailsAndLeavesNothing()
    {
        await using var server = await WeightServer.StartAsync();
        var run = await RunAsync("pull", "vgg16", "--sources", WriteList(server, new string('0', 64)));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("It was discarded", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public async Task Pull_UnknownName_SaysWhatThereIs()
    {
        var run = await RunAsync("pull", "vgg17");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("vgg16, vgg16-notop", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_TrainedNetwork_IsReadCopiedUsableAndRemovable()
    {
        var file = Path.Combine(RepositoryPaths.Models, "fashion-cnn", "model.json");
        var added = await RunAsync("add", file, "--name", "mine", "--order", "gray", "--description", "a test");

        Assert.True(added.ExitCode == 0, added.All);
        using (var catalog = ModelCatalog.Open(Root))
        using (var original = ModelCatalog.Open(RepositoryPaths.Models))
        {
            var graph = catalog.Load("mine");
            Assert.Equal(original.Load("fashion-cnn").Digest, graph.Digest);
            Assert.Equal((ChannelOrder.Gray, "a test", "model.json"), (graph.Input.Order, graph.Description, graph.WeightsFile));
            Assert.Contains(graph.Digest, added.Output, StringComparison.Ordinal);
        }

        var again = await RunAsync("add", file, "--name", "mine");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("there is a model 'mine' already", again.Error, StringComparison.Ordinal);

        var removed = await RunAsync("remove", "mine");
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public async Task Add_FileThatIsNoModel_SaysWhyAndLeavesNothing()
    {
        var file = Path.Combine(_folder.Path, "bad.onnx");
        await File.WriteAllTextAsync(file, "no network");
        var run = await RunAsync("add", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("bad was not added", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("vgg16")]
    [InlineData("Big")]
    [InlineData("x.onnx")]
    public async Task Add_NameThatCannotBe_IsRefused(string name)
    {
        var file = Path.Combine(RepositoryPaths.Models, "fashion-cnn", "model.json");
        var run = await RunAsync("add", file, "--name", name);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"The name '{name}'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData(".")]
    [InlineData("byhand")]
    public async Task Remove_WhatWasNotAdded_IsRefusedAndStays(string name)
    {
        var byHand = Directory.CreateDirectory(Path.Combine(Root, "byhand")).FullName;
        var outside = Directory.CreateDirectory(Path.Combine(_folder.Path, "outside")).FullName;
        foreach (var place in new[] { byHand, outside })
            await File.WriteAllTextAsync(Path.Combine(place, "model.json"), "{}");

        var run = await RunAsync("remove", name);

        Assert.Equal(1, run.ExitCode);
        Assert.True(File.Exists(Path.Combine(byHand, "model.json")));
        Assert.True(File.Exists(Path.Combine(outside, "model.json")));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A file in the layout of the official ones, written by h5py: pulled, it is what the network has.</summary>
    [H5pyFact]
    public async Task Pull_OfficialLayout_TheNetworkHasTheseWeightsFromThenOn()
    {
        const string network = "squeezenet";
        const string file = "squeezenet_weights_tf_dim_ordering_tf_kernels.h5";
        var content = await WriteWeightsAsync(network, file);
        await using var server = await WeightServer.StartAsync(file, content);
        (server.CutAfter, server.Cuts) = (1_000_000, 1);
        using var catalog = ModelCatalog.Open(Root);
        Assert.True(catalog.Load(network).Untrained);

        var list = WriteList(server, Convert.ToHexStringLower(SHA256.HashData(content)), network, file);
        var pulled = await RunAsync("pull", network, "--sources", list);

        Assert.True(pulled.ExitCode == 0, pulled.All);
        Assert.Contains("a licence", pulled.Error, StringComparison.Ordinal);
        Assert.Contains(" 100 %", pulled.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', pulled.All);
        Assert.Equal(2, server.Ranges.Count);
        var graph = catalog.Load(network);
        Assert.Equal((false, file), (graph.Untrained, graph.WeightsFile));
        var weight = graph.Layers.SelectMany(layer => layer.Weights).First();
        var values = new float[weight.ElementCount];
        graph.Weights.Read(weight.Key, values);
        Assert.All(values, value => Assert.Equal(0.5f, value));
        Assert.Contains(catalog.List(), entry => entry.Name == network && entry is { Untrained: false, WeightsFile: file });

        // One identity everywhere: that of the weights.
        Assert.Contains($"sha256 {graph.Digest}, from now on", pulled.Output, StringComparison.Ordinal);
        var row = await RowAsync(network);
        Assert.Equal((graph.Digest, "pulled"), (row.GetProperty("digest").GetString(), row.GetProperty("origin").GetString()));
        Assert.Contains($"sha256 {graph.Digest[..8]}…  pulled", (await RunAsync("list")).Output, StringComparison.Ordinal);

        var removed = await RunAsync("remove", network);
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    private async Task<JsonElement> RowAsync(string name)
    {
        var listed = await RunAsync("list", "--json");
        using var json = JsonDocument.Parse(listed.Output);
        return json.RootElement.GetProperty("models").EnumerateArray().Single(row => row.GetProperty("name").GetString() == name).Clone();
    }

    private async Task<byte[]> WriteWeightsAsync(string network, string file)
    {
        using var graph = ZooModel.All.Single(model => model.Name == network).Build();
        var layers = graph.Listed
            .Select(layer => (layer.Name, Weights: layer.Weights.Where(weight => weight.Role != "constant").ToList()))
            .Where(layer => layer.Weights.Count > 0)
            .Select(layer => new object[]
            {
                layer.Name, layer.Weights.Select(weight => new object[] { Path.GetFileName(weight.Key), weight.Shape, "<f4", 0.5 }),
            });
        var table = Path.Combine(_folder.Path, "layers.json");
        var path = Path.Combine(_folder.Path, file);
        await File.WriteAllTextAsync(table, JsonSerializer.Serialize(layers));
        var writer = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Models.Tests", "Zoo", "write_official.py");
        var run = await ToolProcess.RunAsync(_folder.Path, "/usr/bin/python3", writer, table, path);
        Assert.True(run.ExitCode == 0, run.All);
        return await File.ReadAllBytesAsync(path);
    }

    private string WriteList(
        WeightServer server, string sha256, string network = "vgg16", string file = WeightServer.FileName)
    {
        var path = Path.Combine(_folder.Path, "list.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            hosts = new[] { server.Address.Authority },
            maxBytes = 10_000_000,
            files = new[]
            {
                new
                {
                    network, file, url = server.File, licence = "a licence",
                    digests = new[] { new { algorithm = "sha256", value = sha256 } },
                },
            },
        }));
        return path;
    }

    private Task<ToolResult> RunAsync(string command, params string[] arguments)
    {
        var metadata = typeof(ModelsCommandTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(a => a.Key, a => a.Value);
        var tool = Path.Combine(metadata["ArtifactsPath"]!, "bin", "CnnViz.Cli", metadata["Configuration"]!, "cnnviz-cli.dll");
        return ToolProcess.RunAsync(_folder.Path, "dotnet", [tool, "models", command, .. arguments, "--root", Root]);
    }
}
