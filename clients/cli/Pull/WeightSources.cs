using System.Text.Json;
using CnnViz.Models;

namespace CnnViz.Cli.Pull;

/// <summary>A weight file that may be downloaded.</summary>
/// <param name="Network">The network of the zoo that it is for.</param>
/// <param name="File">Its name in the model root.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Bytes">Its size; null where it is not known for certain.</param>
/// <param name="Digests">What its publisher states, all of which its bytes must have; at least one.</param>
/// <param name="Licence">Under what it may be used.</param>
internal sealed record WeightSource(
    string Network, string File, Uri Url, long? Bytes, IReadOnlyList<PublishedDigest> Digests, string Licence)
{
    /// <summary>The digests for a sentence: "md5 0a1b..., sha256 2c3d...".</summary>
    public string DigestsText => string.Join(", ", Digests.Select(digest => $"{digest.Algorithm} {digest.Value}"));
}

/// <summary>The list of what may be downloaded, and from where.</summary>
/// <param name="Hosts">The hosts, with their port where it is not the scheme's own; redirects may lead to these only.</param>
/// <param name="MaxBytes">Largest file whose size is not known.</param>
/// <param name="Files">The files.</param>
internal sealed record WeightSources(IReadOnlyList<string> Hosts, long MaxBytes, IReadOnlyList<WeightSource> Files)
{
    private const string Resource = "weights.json";
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>The list that comes with the tool.</summary>
    public static WeightSources BuiltIn()
    {
        using var stream = typeof(WeightSources).Assembly.GetManifestResourceStream(Resource)!;
        return Read(stream, Resource);
    }

    /// <summary>A list of one's own, as of a mirror.</summary>
    /// <exception cref="CliException">It cannot be read, or an entry of it may not be used.</exception>
    public static WeightSources Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The list '{path}' cannot be read: {e.Message}", ExitCodes.Usage);
        }
    }

    /// <summary>Why an address may not be called; null if it may.</summary>
    public string? Refusal(Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            return $"'{address.GetLeftPart(UriPartial.Authority)}' is not https";
        return Hosts.Contains(address.Authority, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"the host '{address.Authority}' is not on the list of hosts ({string.Join(", ", Hosts)})";
    }

    private static WeightSources Read(Stream stream, string name)
    {
        WeightSources? sources;
        try
        {
            sources = JsonSerializer.Deserialize<WeightSources>(stream, _json);
        }
        catch (JsonException e)
        {
            throw new CliException($"The list '{name}' is malformed: {e.Message}", ExitCodes.Usage);
        }

        if (sources is not { Hosts: not null, Files: not null, MaxBytes: > 0 })
            throw new CliException($"The list '{name}' needs hosts, maxBytes and files.", ExitCodes.Usage);
        foreach (var file in sources.Files)
        {
            if (Problem(sources, file) is { } problem)
                throw new CliException($"The list '{name}': {file?.Network}: {problem}.", ExitCodes.Usage);
        }

        return sources;
    }

    private static string? Problem(WeightSources sources, WeightSource? file)
    {
        if (file is not { Network: not null, File: not null, Url: not null, Digests.Count: > 0, Licence: not null })
            return "an entry needs network, file, url, digests and licence";
        if (OfficialWeights.NetworkOf(file.File) != file.Network)
            return $"'{file.File}' is no file for it";
        if (!file.Digests.All(IsDigest))
            return "its digests must be md5 or sha256 in lower-case hex";
        return file.Bytes is <= 0 ? "its size must be above 0" : sources.Refusal(file.Url);
    }

    private static bool IsDigest(PublishedDigest? digest) => digest is { Value: not null }
        && digest.Value.Length == digest.Algorithm switch { "md5" => 32, "sha256" => 64, _ => 0 }
        && digest.Value.All(char.IsAsciiHexDigitLower);
}
