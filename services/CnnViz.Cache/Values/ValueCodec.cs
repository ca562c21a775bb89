using System.IO.Compression;
using System.Security.Cryptography;
using CnnViz.Cache.Addressing;

namespace CnnViz.Cache.Values;

/// <summary>Cuts a value into chunks of at most 1 MiB, compressed where that saves an eighth or more, and puts it together again.</summary>
internal static class ValueCodec
{
    /// <summary>Largest chunk in bytes.</summary>
    public const int ChunkBytes = 1024 * 1024;

    // A chunk whose beginning does not shrink is not tried as a whole: most large values are noise to a compressor.
    private const int Sample = 64 * 1024;
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 20;

    /// <summary>The manifest and the chunks to store.</summary>
    public static (ValueManifest Manifest, IReadOnlyList<byte[]> Chunks) Encode(
        ContentAddress address, Guid generation, ReadOnlySpan<byte> value)
    {
        var entries = new List<StoredChunk>();
        var chunks = new List<byte[]>();
        for (var offset = 0; offset < value.Length; offset += ChunkBytes)
        {
            var plain = value[offset..Math.Min(offset + ChunkBytes, value.Length)];
            var packed = Pack(plain);
            var stored = packed ?? plain.ToArray();
            entries.Add(new StoredChunk(
                packed is null ? ChunkCoding.Plain : ChunkCoding.Brotli, stored.Length, plain.Length, SHA256.HashData(stored)));
            chunks.Add(stored);
        }

        return (new ValueManifest(address, generation, entries), chunks);
    }

    /// <summary>Puts a stored chunk where it belongs; false for anything but exactly the chunk that was stored.</summary>
    /// <param name="entry">What the manifest says of it.</param>
    /// <param name="stored">Whatever was found; null for nothing.</param>
    /// <param name="plain">Receives <see cref="StoredChunk.PlainLength"/> bytes.</param>
    public static bool TryDecode(StoredChunk entry, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        if (stored.Length != entry.StoredLength
            || plain.Length != entry.PlainLength
            || !entry.Sha256.AsSpan().SequenceEqual(SHA256.HashData(stored)))
        {
            return false;
        }

        if (entry.Coding == ChunkCoding.Brotli)
        {
            return BrotliDecoder.TryDecompress(stored, plain, out var written) && written == plain.Length;
        }

        if (stored.Length != plain.Length)
        {
            return false;
        }

        stored.CopyTo(plain);
        return true;
    }

    private static byte[]? Pack(ReadOnlySpan<byte> plain)
    {
        var worth = plain.Length - (plain.Length / 8);
        var target = new byte[worth];
        if (plain.Length > Sample)
        {
            var sample = plain[..Sample];
            if (!BrotliEncoder.TryCompress(sample, target.AsSpan(0, Sample - (Sample / 8)), out _, BrotliQuality, BrotliWindow))
            {
                return null;
            }
        }

        return BrotliEncoder.TryCompress(plain, target, out var written, BrotliQuality, BrotliWindow) && written > 0
            ? target[..written]
            : null;
    }
}
