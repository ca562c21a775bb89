using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CnnViz.Models;

namespace CnnViz.Cli.Pull;

/// <summary>A file's digests, both from one reading.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256, lower-case hex.</param>
/// <param name="Md5">MD5, lower-case hex.</param>
internal sealed record FileDigests(long Bytes, string Sha256, string Md5)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads a file.</summary>
    public static async Task<FileDigests> OfAsync(string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await OfAsync(file, cancellation);
    }

    /// <summary>Reads a stream from where it stands to its end.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The publisher of these files states MD5; HTTPS protects the way.")]
    public static async Task<FileDigests> OfAsync(Stream file, CancellationToken cancellation)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[BufferBytes];
        var bytes = 0L;
        for (int count; (count = await file.ReadAsync(buffer, cancellation)) > 0; bytes += count)
        {
            sha256.AppendData(buffer, 0, count);
            md5.AppendData(buffer, 0, count);
        }

        return new(bytes, Convert.ToHexStringLower(sha256.GetHashAndReset()), Convert.ToHexStringLower(md5.GetHashAndReset()));
    }

    /// <summary>What the file's own is, where a digest was published.</summary>
    public string Of(PublishedDigest published) => published.Algorithm == "md5" ? Md5 : Sha256;

    /// <summary>The first of its publisher's digests that the file does not have; null if it has all.</summary>
    public PublishedDigest? Other(IEnumerable<PublishedDigest> published) =>
        published.FirstOrDefault(digest => Of(digest) != digest.Value);
}
