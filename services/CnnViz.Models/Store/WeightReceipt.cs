using System.Text.Json;

namespace CnnViz.Models;

/// <summary>
/// What lies beside an official weight file that was checked once: from where it is, and what its bytes were. Some publishers
/// state a weak digest only (MD5), so the SHA-256 of the first check holds from then on, at each load and each pull. That finds
/// files that were damaged or mixed up, not one who may write into the model root and puts both right.
/// </summary>
public sealed record WeightReceipt
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where its publisher has it.</summary>
    public required string Address { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The digests that its publisher states, all of which it had.</summary>
    public required IReadOnlyList<PublishedDigest> Digests { get; init; }

    /// <summary>Under what it may be used.</summary>
    public required string Licence { get; init; }

    /// <summary>When it was checked, in universal time.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether the product put the file there; one that a person put there is the person's to delete.</summary>
    public required bool Downloaded { get; init; }

    /// <summary>Where a weight file's receipt lies.</summary>
    public static string PathFor(string file) => file + ".pulled.json";

    /// <summary>A weight file's receipt; null if there is none that can be read.</summary>
    public static WeightReceipt? Read(string file)
    {
        try
        {
            var receipt = JsonSerializer.Deserialize<WeightReceipt>(File.ReadAllText(PathFor(file)), _json);
            return receipt is { Sha256.Length: 64, Digests: not null } ? receipt : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it, in one rename.</summary>
    public void Write(string file)
    {
        var path = PathFor(file);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, _json));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Holds a file to its receipt; one without a receipt is taken as it is.</summary>
    /// <exception cref="ModelFormatException">Its bytes are others than those that were checked.</exception>
    internal static void Verify(string file)
    {
        if (Read(file) is { } receipt && FileSha256.Of(file) is var found && found != receipt.Sha256)
        {
            throw new ModelFormatException(
                $"'{Path.GetFileName(file)}' is not the file that was checked on {receipt.Since:yyyy-MM-dd}: its SHA-256 is {found} and "
                + $"was {receipt.Sha256}. Delete it and pull it again; if another file is meant to be there, delete "
                + $"'{Path.GetFileName(PathFor(file))}'");
        }
    }
}
