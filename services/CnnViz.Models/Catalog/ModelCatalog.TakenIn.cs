using System.Collections.Concurrent;

namespace CnnViz.Models;

/// <content>Models that come and go while the catalogue is open: the notes of those that were taken in, and versions.</content>
public sealed partial class ModelCatalog
{
    private readonly ConcurrentDictionary<string, (string Version, ModelManifest? Manifest)> _manifests =
        new(StringComparer.Ordinal);

    /// <summary>
    /// Lets go of a model's earlier graphs, so that a model that was removed or replaced does not keep its files open. Calls that
    /// use one hold it until they end; nothing is disposed under them.
    /// </summary>
    public void Forget(string name)
    {
        var version = Version(name);
        foreach (var key in _loaded.Keys)
        {
            if (key != version && (key == name || key.StartsWith(name + "\n", StringComparison.Ordinal)))
            {
                _loaded.TryRemove(key, out _);
            }
        }
    }

    private string Version(string name)
    {
        var file = OfficialFile(name) ?? Inside(name, ModelManifest.FileName);
        return File.Exists(file) ? $"{name}\n{file}\n{File.GetLastWriteTimeUtc(file).Ticks}" : name;
    }

    /// <summary>The note of a model that was taken in; null for others. Read anew only when it changed.</summary>
    private ModelManifest? Manifest(string name)
    {
        if (_known.ContainsKey(name) || !File.Exists(Inside(name, ModelManifest.FileName)))
        {
            return null;
        }

        var version = Version(name);
        if (_manifests.TryGetValue(name, out var kept) && kept.Version == version)
        {
            return kept.Manifest;
        }

        var manifest = ModelManifest.Read(Path.GetDirectoryName(Inside(name, ModelManifest.FileName))!);
        _manifests[name] = (version, manifest);
        return manifest;
    }
}
