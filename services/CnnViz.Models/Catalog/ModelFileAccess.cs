namespace CnnViz.Models;

/// <summary>
/// Which files anywhere on this machine a caller may have read as models, by naming their paths. Beyond <see cref="None"/>, every
/// caller can have such files read that this process can read.
/// </summary>
public sealed class ModelFileAccess
{
    private readonly string? _folder;

    private ModelFileAccess(bool any, string? folder) => (Any, _folder) = (any, folder);

    /// <summary>No file: models are named, and lie below the model root.</summary>
    public static ModelFileAccess None { get; } = new(false, null);

    /// <summary>Every file: only where every caller may read what this process may, as on one's own machine.</summary>
    public static ModelFileAccess Anywhere { get; } = new(true, null);

    /// <summary>Whether any file is allowed at all.</summary>
    public bool Any { get; }

    /// <summary>Files below one folder. Links inside it are followed: whoever may write there decides.</summary>
    /// <param name="folder">An absolute path; need not exist.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public static ModelFileAccess Below(string folder) => Path.IsPathFullyQualified(folder)
        ? new(true, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
        : throw new ArgumentException($"'{folder}' is no absolute path", nameof(folder));

    /// <summary>Reads a setting: nothing or "0" (none), "1" (anywhere), or the absolute path of a folder.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static ModelFileAccess Parse(string? setting) => setting switch
    {
        null or "" or "0" => None,
        "1" => Anywhere,
        _ => Below(setting),
    };

    /// <summary>Why a path may not be read, or null if it may. Does not look at the file.</summary>
    /// <param name="path">Any text.</param>
    public string? Refusal(string path)
    {
        if (!Any)
        {
            return "this service reads no model by its path";
        }

        if (!Path.IsPathFullyQualified(path))
        {
            return "a model's path must be absolute";
        }

        if (!ModelFormats.IsModel(path))
        {
            return $"a model's path must end with {ModelFormats.EndingsText}";
        }

        var full = Path.GetFullPath(path);
        var start = _folder is null || Path.EndsInDirectorySeparator(_folder) ? _folder : _folder + Path.DirectorySeparatorChar;
        return start is null || full.StartsWith(start, StringComparison.Ordinal)
            ? null
            : "the path is not below the folder from which this service may read models";
    }

    /// <summary>Whether a text means a file rather than a model's name: it has a directory separator and a model's ending.</summary>
    internal static bool IsMeant(string? text) => text is not null
        && (text.Contains('/', StringComparison.Ordinal) || text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        && ModelFormats.IsModel(text);
}
