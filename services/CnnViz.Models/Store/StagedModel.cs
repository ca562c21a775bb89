namespace CnnViz.Models;

/// <summary>What is known of a model once it was read.</summary>
/// <param name="Digest">SHA-256 of its weights, lower-case hex.</param>
/// <param name="Layers">Layers, as its summary counts them.</param>
/// <param name="Parameters">Weights in all.</param>
/// <param name="Unsupported">Layers that cannot be computed, each with the reason.</param>
public sealed record AcceptedModel(string Digest, int Layers, long Parameters, IReadOnlyList<string> Unsupported);

/// <summary>
/// A model that comes in: a folder that no catalogue lists. Disposed before it was published, it leaves nothing.
/// </summary>
public sealed class StagedModel : IDisposable
{
    private readonly ModelStore _store;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private bool _gone;

    internal StagedModel(ModelStore store, string name, string folder, TimeProvider time) =>
        (_store, Name, _folder, _time) = (store, name, folder, time);

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>Opens a new file of the model for writing.</summary>
    /// <param name="file">Its name, which <see cref="ModelNames.FileRefusal"/> must allow.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public FileStream Create(string file) => ModelNames.FileRefusal(file) is { } refusal
        ? throw new ArgumentException($"'{file}' {refusal}", nameof(file))
        : new FileStream(Path.Combine(_folder, file), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);

    /// <summary>Reads the model as it lies there, and if it is of use makes it visible under its name.</summary>
    /// <param name="manifest">Its files, all of them written, and what they do not say.</param>
    /// <param name="cancellation">Stops it before it becomes visible.</param>
    /// <exception cref="ModelFormatException">The files make no model that can be used.</exception>
    /// <exception cref="ModelStoreException">It is beyond a limit, the name was taken meanwhile, or the root cannot be
    /// written.</exception>
    public AcceptedModel Publish(ModelManifest manifest, CancellationToken cancellation)
    {
        var accepted = Read(manifest, cancellation);
        cancellation.ThrowIfCancellationRequested();
        (manifest with { Digest = accepted.Digest, Since = _time.GetUtcNow() }).Write(_folder);
        _store.Publish(_folder, Name);
        _gone = true;
        return accepted;
    }

    public void Dispose()
    {
        if (!_gone)
        {
            _gone = true;
            Discard(_folder);
        }
    }

    internal static void Discard(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No catalogue lists it; the next clean-up tries again.
        }
    }

    private AcceptedModel Read(ModelManifest manifest, CancellationToken cancellation)
    {
        using var graph = ModelFormats.Read(
            Path.Combine(_folder, manifest.Files[0].Name), manifest.Options with { Name = Name }, manifest.Architecture);
        var parameters = graph.Layers.Sum(layer => layer.Weights.Sum(weight => weight.ElementCount));
        if (graph.Listed.Count > _store.Limits.Layers || parameters > _store.Limits.Parameters)
        {
            throw new ModelStoreException(
                ModelStoreProblem.TooLarge,
                $"a model may have {_store.Limits.Layers} layers and {_store.Limits.Parameters} weights; this one has "
                + $"{graph.Listed.Count} and {parameters}");
        }

        cancellation.ThrowIfCancellationRequested();
        ShapeInference.Infer(graph, graph.Input.Height, graph.Input.Width);
        string[] unsupported =
        [
            .. graph.Listed.Where(layer => layer.Output.Op is UnsupportedOp)
                .Select(layer => $"{layer.Name}: {((UnsupportedOp)layer.Output.Op).Reason}"),
        ];
        return new(graph.Digest, graph.Listed.Count, parameters, unsupported);
    }
}
