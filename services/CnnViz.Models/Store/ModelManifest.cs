using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnnViz.Models;

/// <summary>A file of a model that was taken in.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
public sealed record ManifestFile(string Name, long Bytes, string Sha256);

/// <summary>
/// What lies beside the files of a model that was taken in (added or uploaded): which files are its own, and what they do not
/// say. Only models with such a note can be removed through the product.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The note's name; no model's file can have it, as theirs begin with a letter or digit.</summary>
    public const string FileName = ".cnnviz-model.json";

    /// <summary>Largest note that is read, in bytes.</summary>
    public const int MaxBytes = 32 << 20;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The model's files, its own first.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>How it came here: "added" or "uploaded".</summary>
    public required string Origin { get; init; }

    /// <summary>When, in universal time.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>SHA-256 of the weights, lower-case hex, as it was when the model was taken in.</summary>
    public string Digest { get; init; } = "";

    /// <summary>For weights alone, the network of the zoo that they are for; null = found by names and shapes.</summary>
    public string? Architecture { get; init; }

    /// <summary>What the files do not say.</summary>
    public ModelReadOptions Options { get; init; } = new();

    /// <summary>The note in a folder; null if there is none, or none that can be used.</summary>
    /// <param name="folder">A model's folder.</param>
    public static ModelManifest? Read(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, FileName));
            if (file.Length > MaxBytes)
            {
                return null;
            }

            var manifest = JsonSerializer.Deserialize<ModelManifest>(file, _json);
            return manifest is { Files.Count: > 0, Options: not null }
                && manifest.Files.All(f => ModelNames.FileRefusal(f.Name) is null)
                ? manifest
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Holds the model's files to the sizes and digests that they had when it was taken in.</summary>
    /// <exception cref="ModelFormatException">One is missing or has changed; the message names it.</exception>
    internal void Verify(string folder)
    {
        foreach (var file in Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (FileSha256.Of(path) != file.Sha256)
            {
                throw new ModelFormatException(
                    $"'{file.Name}' is not the file that was {Origin} on {Since:yyyy-MM-dd}: its SHA-256 was {file.Sha256}. Remove the "
                    + "model and take it in again");
            }
        }
    }

    /// <summary>Writes the note and waits until it is on the disk.</summary>
    internal void Write(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, this, _json);
        file.Flush(flushToDisk: true);
    }
}
