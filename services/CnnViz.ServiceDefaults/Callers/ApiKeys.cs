using System.Security.Cryptography;
using System.Text;
using CnnViz.ServiceDefaults.Files;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>API keys, known by their hashes alone.</summary>
internal sealed class ApiKeys
{
    private readonly List<(byte[] Sha256, Caller Caller)> _fixed;
    private readonly ReloadingFile<List<(byte[] Sha256, Caller Caller)>>? _file;

    /// <exception cref="InvalidOperationException">An entry is malformed.</exception>
    public ApiKeys(CallerOptions options, TimeProvider time, ILogger logger)
    {
        _fixed = [.. options.Keys.Select((key, i) => Entry(key.Name, key.Sha256, key.Permissions, $"Callers:Keys:{i}"))];
        _file = options.KeysFile.Length == 0
            ? null
            : new([options.KeysFile], () => Read(options.KeysFile), time, logger);
        RefuseTwins();
    }

    /// <summary>Whoever has this key; null where nobody has.</summary>
    public Caller? Find(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        Caller? found = null;

        // All of them, in a time that does not tell which was nearest.
        foreach (var (sha256, caller) in _file is null ? _fixed : [.. _fixed, .. _file.Value])
        {
            if (CryptographicOperations.FixedTimeEquals(digest, sha256))
            {
                found = caller;
            }
        }

        return found;
    }

    private static List<(byte[] Sha256, Caller Caller)> Read(string path) =>
    [
        .. File.ReadLines(path)
            .Select((line, i) => (
                Words: line.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries), Where: $"{path}, line {i + 1}"))
            .Where(line => line.Words.Length > 0 && line.Words[0][0] != '#')
            .Select(line => line.Words.Length == 3
                ? Entry(line.Words[0], line.Words[1], [line.Words[2]], line.Where)
                : throw new InvalidOperationException($"{line.Where}: name, SHA-256 of the key, permissions are needed")),
    ];

    private static (byte[] Sha256, Caller Caller) Entry(
        string name, string sha256, IEnumerable<string> permissions, string where) => (
        CallerNames.Digest(sha256, where),
        new Caller(CallerNames.Checked(name, where), PermissionNames.Parse(permissions, where), IsKnown: true));

    // One key for two callers would be either of them.
    private void RefuseTwins()
    {
        var twin = _fixed.Concat(_file?.Value ?? [])
            .GroupBy(key => Convert.ToHexString(key.Sha256)).FirstOrDefault(same => same.Count() > 1);
        if (twin is not null)
        {
            throw new InvalidOperationException(
                $"Callers: {string.Join(" and ", twin.Select(key => key.Caller.Name))} have the same key");
        }
    }
}
