using System.Text.Json;

namespace CnnViz.Cli.Pull;

/// <summary>
/// What lies beside a weight file that was pulled: from where it is, and that it was this tool that put it there.
/// </summary>
/// <param name="Address">Where it was downloaded.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
/// <param name="Published">The digest that its publisher states, which it has.</param>
/// <param name="Licence">Under what it may be used.</param>
/// <param name="Since">When, in universal time.</param>
internal sealed record PullReceipt(
    string Address, long Bytes, string Sha256, PublishedDigest Published, string Licence, DateTimeOffset Since)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where a weight file's receipt lies.</summary>
    public static string PathFor(string file) => file + ".pulled.json";

    /// <summary>A weight file's receipt; null if there is none.</summary>
    public static PullReceipt? Read(string file)
    {
        try
        {
            var receipt = JsonSerializer.Deserialize<PullReceipt>(File.ReadAllText(PathFor(file)), _json);
            return receipt is { Sha256.Length: 64 } ? receipt : null;
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
}
