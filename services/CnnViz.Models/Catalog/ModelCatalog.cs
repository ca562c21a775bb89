using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace CnnViz.Models;

/// <summary>
/// The models below one directory: one directory per model, named after it, with a TensorFlow.js graph model inside
/// ("&lt;name&gt;.json" or "model.json"), an ONNX model ("&lt;name&gt;.onnx" or "model.onnx") or weights for a network of the zoo
/// ("&lt;name&gt;.safetensors" or "model.safetensors"; a directory named after such a network holds weights for that one), or
/// Keras' ("&lt;name&gt;.keras", "model.keras", "&lt;name&gt;.h5", "model.h5"; "model.json" may also be a layers model). Official
/// weight files (<see cref="OfficialWeights"/>) in the root itself are taken by the networks of the zoo that they are for. Models
/// that <see cref="ModelStore"/> took in come with a note that says which file is the model's own and what it does not say.
/// Models are loaded on first use and kept; one that fails does not harm the others. Safe for concurrent use.
/// </summary>
public sealed partial class ModelCatalog : IDisposable
{
    private readonly string _root;
    private readonly IReadOnlyDictionary<string, KnownModel> _known;
    private readonly IReadOnlyDictionary<string, ZooModel> _zoo;
    private readonly ConcurrentDictionary<string, Lazy<ModelGraph>> _loaded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _errors = new(StringComparer.Ordinal);

    private ModelCatalog(string root, IEnumerable<KnownModel> known, IEnumerable<ZooModel> zoo, ModelFileAccess files)
    {
        Files = files;
        _root = Path.GetFullPath(root);
        _known = known.ToDictionary(model => model.Name, StringComparer.Ordinal);
        _zoo = zoo.ToDictionary(model => model.Name, StringComparer.Ordinal);
    }

    /// <summary>Opens a model root; it need not exist (yet): models that are not there are listed as not installed.</summary>
    /// <param name="modelRoot">The directory that holds one directory per model.</param>
    /// <param name="known">Models with facts of their own; by default <see cref="KnownModel.All"/>.</param>
    /// <param name="zoo">Networks built in code; by default <see cref="ZooModel.All"/>. Files of the same name come first.</param>
    /// <param name="files">Which files a name may mean by their paths; by default none.</param>
    public static ModelCatalog Open(
        string modelRoot, IEnumerable<KnownModel>? known = null, IEnumerable<ZooModel>? zoo = null, ModelFileAccess? files = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelRoot);
        return new ModelCatalog(modelRoot, known ?? KnownModel.All, zoo ?? ZooModel.All, files ?? ModelFileAccess.None);
    }

    /// <summary>Which files <see cref="Load"/> takes by their paths.</summary>
    public ModelFileAccess Files { get; }

    /// <summary>The directory that holds one directory per model; it need not exist.</summary>
    public string Root => _root;

    /// <summary>Whether a text means a file (see <see cref="ModelFormats"/>) by its path rather than a model's name.</summary>
    public static bool IsFilePath(string? name) => ModelFileAccess.IsMeant(name);

    /// <summary>Whether a text can be a model's name: 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit.</summary>
    public static bool IsValidName(string? name) => name is not null && NamePattern().IsMatch(name);

    /// <summary>All models, known or found, by name. Looks at the directory anew each time; reads no model.</summary>
    public IReadOnlyList<ModelCatalogEntry> List() => [.. Names().Select(Describe)];

    /// <summary>A model's graph; the same instance for every caller, owned by the catalogue.</summary>
    /// <param name="name">The model's name; or, where <see cref="Files"/> allow it, the absolute path of its file.</param>
    /// <exception cref="ModelNotFoundException">The name is malformed or no model has it.</exception>
    /// <exception cref="ModelFormatException">A file is missing or the model cannot be used; a later call tries again.</exception>
    public ModelGraph Load(string name)
    {
        if (IsFilePath(name))
        {
            return Files.Refusal(name) is { } refusal
                ? throw new ModelNotFoundException(refusal, [])
                : LoadFile(Path.GetFullPath(name));
        }

        if (!IsValidName(name))
        {
            throw new ModelNotFoundException("a model's name is 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit", []);
        }

        // A weight file that comes or changes makes another model of the name, and so does a model that another process took in.
        var version = Version(name);
        if (_loaded.TryGetValue(version, out var loaded) && loaded.IsValueCreated)
        {
            return loaded.Value;
        }

        var names = Names();
        if (!names.Contains(name, StringComparer.Ordinal))
        {
            throw new ModelNotFoundException($"there is no model '{name}'{NameSuggestions.Phrase(name, names)}", NameSuggestions.Nearest(name, names));
        }

        Forget(name);
        var entry = _loaded.GetOrAdd(version, _ => new Lazy<ModelGraph>(() => Read(name)));
        try
        {
            var graph = entry.Value;
            _errors.TryRemove(name, out _);
            return graph;
        }
        catch (Exception e)
        {
            // Lazy would keep the failure for good; the files may be put right meanwhile.
            _errors[name] = e.Message;
            _loaded.TryRemove(new KeyValuePair<string, Lazy<ModelGraph>>(version, entry));
            throw;
        }
    }

    /// <summary>A file's model, which goes by its path: the same as long as the file is.</summary>
    private ModelGraph LoadFile(string path)
    {
        if (!File.Exists(path))
        {
            var what = Directory.Exists(path) ? "a folder, not a file; name the file in it" : "not there";
            throw new ModelNotFoundException($"'{path}' is {what}", []);
        }

        var key = $"{path}\n{File.GetLastWriteTimeUtc(path).Ticks}";
        var entry = _loaded.GetOrAdd(key, _ => new Lazy<ModelGraph>(() => ModelFormats.Read(path, new ModelReadOptions { Name = path }, null)));
        try
        {
            return entry.Value;
        }
        catch (Exception e)
        {
            _loaded.TryRemove(new KeyValuePair<string, Lazy<ModelGraph>>(key, entry));
            if (e is UnauthorizedAccessException)
            {
                throw new ModelFormatException($"'{path}' may not be read by this service");
            }

            throw;
        }
    }

    public void Dispose()
    {
        foreach (var loaded in _loaded.Values.Where(loaded => loaded.IsValueCreated))
        {
            loaded.Value.Dispose();
        }

        _loaded.Clear();
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    private ModelGraph Read(string name)
    {
        if (FromZoo(name) is { } zoo)
        {
            if (OfficialFile(name) is not { } weights)
            {
                return zoo.Build();
            }

            WeightReceipt.Verify(weights);
            return ModelFormats.Read(weights, new ModelReadOptions { Name = name }, name);
        }

        if (Missing(name) is { } missing)
        {
            throw new ModelFormatException($"model '{name}' is not installed: {missing} is missing below the model root");
        }

        var manifest = Manifest(name);
        var options = _known.GetValueOrDefault(name)?.Options
            ?? (manifest?.Options ?? new ModelReadOptions()) with { Name = name };
        var file = Inside(name, ModelFile(name));
        manifest?.Verify(Path.GetDirectoryName(file)!);
        WeightReceipt.Verify(file);
        return ModelFormats.Read(file, options, _zoo.ContainsKey(name) ? name : manifest?.Architecture);
    }

    private ModelCatalogEntry Describe(string name)
    {
        if (FromZoo(name) is not { } zoo)
        {
            return DescribeFiles(name);
        }

        var weights = Path.GetFileName(OfficialFile(name)) ?? "";
        var description = weights.Length == 0 ? zoo.Description : $"{zoo.Architecture}; weights from {weights}";
        return new(name, description, MissingFile: null, _errors.GetValueOrDefault(name))
        {
            Untrained = zoo.Untrained && weights.Length == 0,
            WeightsFile = weights,
        };
    }

    /// <summary>The official weights of a network of the zoo in the model root; null if they are not there.</summary>
    private string? OfficialFile(string name) =>
        OfficialWeights.FilesOf(name).Select(file => Path.Combine(_root, file)).FirstOrDefault(File.Exists);

    /// <summary>The network built in code under a name; null if there is none or files of that name stand in for it.</summary>
    private ZooModel? FromZoo(string name) => _zoo.TryGetValue(name, out var zoo) && Missing(name) is not null ? zoo : null;

    private ModelCatalogEntry DescribeFiles(string name)
    {
        var file = ModelFile(name);
        var description = _known.GetValueOrDefault(name)?.Options.Description ?? DescribeUnknown(name);
        return new(name, description, Missing(name), _errors.GetValueOrDefault(name))
        {
            WeightsFile = File.Exists(Inside(name, file)) ? file : "",
        };
    }

    private string DescribeUnknown(string name)
    {
        if (Manifest(name) is { } manifest)
        {
            var description = manifest.Options.Description;
            return description.Length > 0 ? description : $"{manifest.Origin}: {manifest.Files[0].Name}";
        }

        var file = ModelFile(name);
        return Path.GetExtension(file) is not (".safetensors" or ".h5") || (Path.GetExtension(file) == ".h5" && !_zoo.ContainsKey(name))
            ? "added by hand; its input is taken as pixels / 255"
            : _zoo.TryGetValue(name, out var zoo) ? $"{zoo.Architecture}; weights from {file}"
            : $"the network of the zoo that its weights fit; weights from {file}";
    }

    private SortedSet<string> Names()
    {
        var names = new SortedSet<string>(_known.Keys.Concat(_zoo.Keys), StringComparer.Ordinal);
        try
        {
            foreach (var directory in Directory.EnumerateDirectories(_root))
            {
                var name = Path.GetFileName(directory);
                if (IsValidName(name) && File.Exists(Inside(name, ModelFile(name))))
                {
                    names.Add(name);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No root, or none that may be read: then only the known models are listed, as not installed.
        }

        return names;
    }

    private string ModelFile(string name)
    {
        if (_known.TryGetValue(name, out var known))
        {
            return known.File;
        }

        return Manifest(name)?.Files[0].Name ?? ModelFormats.FilesOf(name).FirstOrDefault(file => File.Exists(Inside(name, file))) ?? "model.json";
    }

    private string? Missing(string name)
    {
        IEnumerable<string> files = [ModelFile(name), .. _known.GetValueOrDefault(name)?.WeightFiles ?? []];
        return files.FirstOrDefault(file => !File.Exists(Inside(name, file))) is { } missing ? $"{name}/{missing}" : null;
    }

    /// <summary>A file's full path, which must lie below the root whatever the name.</summary>
    private string Inside(string name, string file)
    {
        var path = Path.GetFullPath(Path.Combine(_root, name, file));
        return path.StartsWith(_root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ModelFormatException($"model '{name}' lies outside the model root");
    }
}
