using System.Buffers.Binary;
using System.Security.Cryptography;
using CnnViz.Cache.Addressing;

namespace CnnViz.Cache.Values;

/// <summary>How a stored chunk's bytes are coded.</summary>
internal enum ChunkCoding : byte
{
    /// <summary>As they are.</summary>
    Plain = 0,

    /// <summary>Brotli.</summary>
    Brotli = 1,
}

/// <summary>One chunk of a stored value.</summary>
/// <param name="Coding">How it is stored.</param>
/// <param name="StoredLength">Bytes as stored, 1 to 1 MiB.</param>
/// <param name="PlainLength">Bytes of the value, 1 to 1 MiB.</param>
/// <param name="Sha256">Of the stored bytes.</param>
internal sealed record StoredChunk(ChunkCoding Coding, int StoredLength, int PlainLength, byte[] Sha256);

/// <summary>
/// What a stored value consists of. Its bytes: "CVM1", the address (32), the generation (16), the number of chunks (4), per chunk its
/// coding (1), stored length (4), plain length (4) and SHA-256 (32), and at the end the SHA-256 of all that. Little-endian. The
/// generation names the chunks, so that two writers of one value never mix theirs.
/// </summary>
/// <param name="Address">Whose value it is: one that lies under another's key is refused.</param>
/// <param name="Generation">Of one writing.</param>
/// <param name="Chunks">In order; none of an empty value.</param>
internal sealed record ValueManifest(ContentAddress Address, Guid Generation, IReadOnlyList<StoredChunk> Chunks)
{
    private const int HashLength = 32;
    private const int HeaderLength = 4 + ContentAddress.Length + 16 + 4;
    private const int EntryLength = 1 + 4 + 4 + HashLength;

    private static ReadOnlySpan<byte> Magic => "CVM1"u8;

    /// <summary>Bytes of the whole value.</summary>
    public long PlainLength => Chunks.Sum(chunk => (long)chunk.PlainLength);

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + (Chunks.Count * EntryLength) + HashLength];
        Magic.CopyTo(bytes);
        Address.Bytes.CopyTo(bytes.AsSpan(4));
        Generation.TryWriteBytes(bytes.AsSpan(4 + ContentAddress.Length));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HeaderLength - 4), Chunks.Count);
        var at = HeaderLength;
        foreach (var chunk in Chunks)
        {
            bytes[at] = (byte)chunk.Coding;
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 1), chunk.StoredLength);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 5), chunk.PlainLength);
            chunk.Sha256.CopyTo(bytes.AsSpan(at + 9));
            at += EntryLength;
        }

        SHA256.HashData(bytes.AsSpan(0, at), bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Reads a manifest; null for anything but an intact one of this address and within the limit.</summary>
    /// <param name="bytes">Whatever was stored.</param>
    /// <param name="address">The address asked for.</param>
    /// <param name="mostPlain">Largest value in bytes.</param>
    public static ValueManifest? TryRead(ReadOnlySpan<byte> bytes, ContentAddress address, long mostPlain)
    {
        if (bytes.Length < HeaderLength + HashLength
            || !bytes.StartsWith(Magic)
            || !bytes[^HashLength..].SequenceEqual(SHA256.HashData(bytes[..^HashLength]))
            || !bytes.Slice(4, ContentAddress.Length).SequenceEqual(address.Bytes))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[(HeaderLength - 4)..]);
        if (count < 0 || bytes.Length != HeaderLength + ((long)count * EntryLength) + HashLength)
        {
            return null;
        }

        var chunks = new List<StoredChunk>(count);
        var plain = 0L;
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.Slice(HeaderLength + (i * EntryLength), EntryLength);
            var chunk = new StoredChunk(
                (ChunkCoding)entry[0],
                BinaryPrimitives.ReadInt32LittleEndian(entry[1..]),
                BinaryPrimitives.ReadInt32LittleEndian(entry[5..]),
                entry[9..].ToArray());
            plain += chunk.PlainLength;
            if (chunk.Coding > ChunkCoding.Brotli
                || chunk.StoredLength is < 1 or > ValueCodec.ChunkBytes
                || chunk.PlainLength is < 1 or > ValueCodec.ChunkBytes
                || plain > mostPlain)
            {
                return null;
            }

            chunks.Add(chunk);
        }

        return new ValueManifest(address, new Guid(bytes.Slice(4 + ContentAddress.Length, 16)), chunks);
    }
}
