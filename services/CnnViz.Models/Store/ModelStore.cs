namespace CnnViz.Models;

/// <summary>
/// Takes models into a model root and removes them. A model comes in a folder of its own that no catalogue lists, is read there,
/// and becomes visible in one rename; it goes in one rename too. Several processes may share a root.
/// </summary>
public sealed class ModelStore
{
    private const string IncomingPrefix = ".incoming-";
    private const string RemovedPrefix = ".removed-";
    private readonly TimeProvider _time;

    /// <param name="root">The model root; need not exist yet.</param>
    /// <param name="limits">How much is taken in.</param>
    /// <param name="time">The clock for a model's note and for what was left over.</param>
    public ModelStore(string root, ModelStoreLimits limits, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = Path.GetFullPath(root);
        Limits = limits;
        _time = time;
    }

    /// <summary>The model root, absolute.</summary>
    public string Root { get; }

    /// <summary>How much is taken in.</summary>
    public ModelStoreLimits Limits { get; }

    /// <summary>The models that were taken in, by name.</summary>
    public IReadOnlyDictionary<string, ModelManifest> Models()
    {
        var models = new SortedDictionary<string, ModelManifest>(StringComparer.Ordinal);
        foreach (var folder in Directory.Exists(Root) ? Directory.EnumerateDirectories(Root) : [])
        {
            var name = Path.GetFileName(folder);
            if (ModelCatalog.IsValidName(name) && ModelManifest.Read(folder) is { } manifest)
            {
                models.Add(name, manifest);
            }
        }

        return models;
    }

    /// <summary>Makes room for a model that is to be taken in.</summary>
    /// <param name="name">Its name, which <see cref="ModelNames.Refusal"/> must allow.</param>
    /// <param name="bytes">Size of its files together.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="ModelStoreException">The name is taken, the root is full or cannot be written.</exception>
    public StagedModel Stage(string name, long bytes)
    {
        if (ModelNames.Refusal(name) is { } refusal)
        {
            throw new ArgumentException($"'{name}' {refusal}", nameof(name));
        }

        RefuseExisting(name);
        var models = Models();
        if (models.Count >= Limits.Models)
        {
            throw new ModelStoreException(
                ModelStoreProblem.TooLarge, $"{models.Count} models were taken in, which is the limit; remove one first");
        }

        if (bytes > Limits.Bytes || models.Values.Sum(model => model.Files.Sum(file => file.Bytes)) > Limits.TotalBytes - bytes)
        {
            throw new ModelStoreException(
                ModelStoreProblem.TooLarge,
                $"a model may have {Limits.Bytes} bytes and all together {Limits.TotalBytes}; there is no room for {bytes} more");
        }

        var folder = Path.Combine(Root, $"{IncomingPrefix}{Guid.NewGuid():N}");
        return Guarded(() =>
        {
            Directory.CreateDirectory(folder);
            return new StagedModel(this, name, folder, _time);
        });
    }

    /// <summary>Removes a model that was taken in. Readers that have its files open keep them.</summary>
    /// <exception cref="ModelStoreException">There is no such model, it was not taken in, or the root cannot be
    /// written.</exception>
    public void Remove(string name)
    {
        if (!ModelCatalog.IsValidName(name) || !Directory.Exists(FolderOf(name)))
        {
            throw new ModelStoreException(ModelStoreProblem.Unknown, $"there is no model '{name}'");
        }

        if (ModelManifest.Read(FolderOf(name)) is null)
        {
            throw new ModelStoreException(
                ModelStoreProblem.NotOurs,
                $"model '{name}' was not added or uploaded; whoever put its folder there may delete it");
        }

        var removed = Path.Combine(Root, $"{RemovedPrefix}{Guid.NewGuid():N}");
        Guarded(() =>
        {
            try
            {
                Directory.Move(FolderOf(name), removed);
            }
            catch (DirectoryNotFoundException)
            {
                throw new ModelStoreException(ModelStoreProblem.Unknown, $"there is no model '{name}'");
            }

            Directory.Delete(removed, recursive: true);
            return true;
        });
    }

    /// <summary>Deletes what processes that died left half done.</summary>
    /// <param name="age">Only what was not touched for this long: another process may be at work.</param>
    public void CleanUp(TimeSpan age)
    {
        foreach (var prefix in new[] { IncomingPrefix, RemovedPrefix })
        {
            foreach (var folder in Directory.Exists(Root) ? Directory.EnumerateDirectories(Root, prefix + "*") : [])
            {
                if (Directory.GetLastWriteTimeUtc(folder) < _time.GetUtcNow().UtcDateTime - age)
                {
                    StagedModel.Discard(folder);
                }
            }
        }
    }

    /// <summary>Makes a folder that is complete the model of a name.</summary>
    internal void Publish(string folder, string name) => Guarded(() =>
    {
        RefuseExisting(name);
        try
        {
            Directory.Move(folder, FolderOf(name));
        }
        catch (IOException) when (Directory.Exists(FolderOf(name)))
        {
            // Another process was faster.
            RefuseExisting(name);
        }

        return true;
    });

    private void RefuseExisting(string name)
    {
        if (Path.Exists(FolderOf(name)))
        {
            throw new ModelStoreException(
                ModelStoreProblem.Exists, $"there is a model '{name}' already; remove it first or take another name");
        }
    }

    private string FolderOf(string name) => Path.Combine(Root, name);

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException(ModelStoreProblem.Unwritable, $"the model root cannot be written ({e.GetType().Name})");
        }
    }
}
