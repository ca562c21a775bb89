using System.Security.Cryptography;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Catalog;

/// <summary>Models taken into a root and removed, as several processes see it.</summary>
public sealed class ModelStoreTests : IDisposable
{
    private static readonly string _source = Path.Combine(RepositoryPaths.Models, "fashion-cnn");
    private readonly TemporaryFolder _folder = new();

    private string Root => Path.Combine(_folder.Path, "models");

    [Fact]
    public void Publish_ModelThatIsOfUse_IsSeenByACatalogueThatWasOpenBefore()
    {
        using var other = ModelCatalog.Open(Root);
        Assert.Throws<ModelNotFoundException>(() => other.Load("mine"));

        var accepted = Take(
            Store(), "mine", new ModelReadOptions { Mean = [7], Labels = ["one"], DefaultSize = new Size2D(28, 28) });

        var graph = other.Load("mine");
        Assert.Equal((accepted.Digest, "model.json"), (graph.Digest, graph.WeightsFile));
        Assert.Equal([7f], graph.Input.Mean);
        Assert.Equal(["one"], graph.Labels);
        Assert.Same(graph, other.Load("mine"));
        Assert.Contains(other.List(), entry => entry is { Name: "mine", Installed: true, WeightsFile: "model.json" });
    }

    [Fact]
    public void Remove_ModelInUse_GraphStaysReadableAndTheNameIsUnknown()
    {
        using var catalog = ModelCatalog.Open(Root);
        Take(Store(), "mine");
        var graph = catalog.Load("mine");

        Store().Remove("mine");

        Assert.Throws<ModelNotFoundException>(() => catalog.Load("mine"));
        var weight = graph.Layers.SelectMany(layer => layer.Weights).First();
        graph.Weights.Read(weight.Key, new float[weight.ElementCount]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public void Publish_AfterRemoval_CatalogueGivesTheNewModel()
    {
        using var catalog = ModelCatalog.Open(Root);
        Take(Store(), "mine", new ModelReadOptions { Mean = [1] });
        var first = catalog.Load("mine");
        Store().Remove("mine");
        Take(Store(), "mine", new ModelReadOptions { Mean = [2] });

        var second = catalog.Load("mine");

        Assert.NotSame(first, second);
        Assert.Equal([2f], second.Input.Mean);
    }

    [Fact]
    public void Publish_NameTakenMeanwhile_IsRefusedAndLeavesNothing()
    {
        var store = Store();
        using (var staged = store.Stage("mine", 1))
        {
            var manifest = Fill(staged, new ModelReadOptions());
            Take(Store(), "mine");
            var error = Assert.Throws<ModelStoreException>(() => staged.Publish(manifest, CancellationToken.None));
            Assert.Equal(ModelStoreProblem.Exists, error.Problem);
        }

        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName));
    }

    [Fact]
    public void Publish_Cancelled_LeavesNothing()
    {
        using (var staged = Store().Stage("mine", 1))
        {
            var manifest = Fill(staged, new ModelReadOptions());
            Assert.Throws<OperationCanceledException>(() => staged.Publish(manifest, new CancellationToken(canceled: true)));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Theory]
    [InlineData(1, 1_000_000, "layers")]
    [InlineData(1_000, 100, "weights")]
    public void Publish_MoreThanAllowed_IsRefused(int layers, long parameters, string part)
    {
        var store = Store(new ModelStoreLimits { Layers = layers, Parameters = parameters });
        var error = Assert.Throws<ModelStoreException>(() => Take(store, "mine"));
        Assert.Equal(ModelStoreProblem.TooLarge, error.Problem);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public void Stage_RootIsFull_IsRefused()
    {
        Take(Store(), "first");
        var many = Assert.Throws<ModelStoreException>(() => Store(new ModelStoreLimits { Models = 1 }).Stage("second", 1));
        var large = Assert.Throws<ModelStoreException>(
            () => Store(new ModelStoreLimits { TotalBytes = 400_000 }).Stage("second", 300_000));
        Assert.Equal((ModelStoreProblem.TooLarge, ModelStoreProblem.TooLarge), (many.Problem, large.Problem));
    }

    [Fact]
    public void Read_NoteThatWasTamperedWith_ModelIsNotThere()
    {
        Take(Store(), "mine");
        var note = Path.Combine(Root, "mine", ModelManifest.FileName);
        var text = File.ReadAllText(note).Replace("\"model.json\"", "\"../../secret.json\"", StringComparison.Ordinal);
        File.WriteAllText(note, text);

        Assert.Null(ModelManifest.Read(Path.Combine(Root, "mine")));
        Assert.Equal(ModelStoreProblem.NotOurs, Assert.Throws<ModelStoreException>(() => Store().Remove("mine")).Problem);
    }

    [Fact]
    public void Load_FileThatChangedSinceItWasTakenIn_IsRefusedByName()
    {
        Take(Store(), "mine");
        var file = Path.Combine(Root, "mine", "weights.bin");
        var bytes = File.ReadAllBytes(file);
        bytes[1000] ^= 1;
        File.WriteAllBytes(file, bytes);

        using var catalog = ModelCatalog.Open(Root);
        var refusal = Assert.Throws<ModelFormatException>(() => catalog.Load("mine"));

        Assert.Contains("'weights.bin' is not the file that was added on", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CleanUp_OldAndNewLeftovers_OnlyOldOnesGo()
    {
        var old = Directory.CreateDirectory(Path.Combine(Root, ".incoming-old")).FullName;
        var young = Directory.CreateDirectory(Path.Combine(Root, ".incoming-young")).FullName;
        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow - TimeSpan.FromDays(2));

        Store().CleanUp(TimeSpan.FromDays(1));

        Assert.Equal((false, true), (Directory.Exists(old), Directory.Exists(young)));
    }

    public void Dispose() => _folder.Dispose();

    private ModelStore Store(ModelStoreLimits? limits = null) => new(Root, limits ?? new ModelStoreLimits(), TimeProvider.System);

    private static AcceptedModel Take(ModelStore store, string name, ModelReadOptions? options = null)
    {
        using var staged = store.Stage(name, 1);
        return staged.Publish(Fill(staged, options ?? new ModelReadOptions()), CancellationToken.None);
    }

    private static ModelManifest Fill(StagedModel staged, ModelReadOptions options)
    {
        var files = new List<ManifestFile>();
        foreach (var name in new[] { "model.json", "weights.bin" })
        {
            var bytes = File.ReadAllBytes(Path.Combine(_source, name));
            using var file = staged.Create(name);
            file.Write(bytes);
            files.Add(new ManifestFile(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }

        return new ModelManifest { Origin = "added", Files = files, Options = options };
    }
}
