using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnViz.Models.Hdf5;

/// <summary>Undoes a chunk's filters. Its two buffers grow to a chunk's size at most; use one for all chunks of a read.</summary>
internal sealed class ChunkDecoder(FileContext context, IReadOnlyList<ChunkFilter> filters, int chunkBytes)
{
    private const int ChecksumSize = 4;

    /// <summary>Checksums may add to what a filter gives.</summary>
    private readonly int _most = chunkBytes + (ChecksumSize * Hdf5Limits.MaxFilters);

    private byte[] _current = [];
    private byte[] _next = [];

    /// <returns>The chunk's values; valid until the next call.</returns>
    public ReadOnlySpan<byte> Decode(StoredChunk chunk, bool unfiltered)
    {
        var length = (int)chunk.Stored;
        Grow(ref _current, length);
        context.Source.Read(chunk.At, _current.AsSpan(0, length));
        for (var i = filters.Count - 1; i >= 0 && !unfiltered; i--)
        {
            if ((chunk.Mask & (1u << i)) == 0)
            {
                length = Undo(filters[i], length, chunk.At);
            }
        }

        return length == chunkBytes ? _current.AsSpan(0, length)
            : throw context.Error(chunk.At, $"a chunk has {length} bytes behind its filters instead of {chunkBytes}");
    }

    private int Undo(ChunkFilter filter, int length, long at)
    {
        switch (filter.Id)
        {
            case ChunkFilter.Deflate:
                Grow(ref _next, _most);
                length = Inflate(_current, length, _next, at);
                break;
            case ChunkFilter.Shuffle:
                Grow(ref _next, length);
                Unshuffle(filter, _current.AsSpan(0, length), _next, at);
                break;
            case ChunkFilter.Fletcher32:
                return Verify(_current.AsSpan(0, length), at);
            default:
                throw context.Error(at, $"filter {filter.Id} ({filter.Name}) is not supported");
        }

        (_current, _next) = (_next, _current);
        return length;
    }

    private int Inflate(byte[] stored, int length, byte[] destination, long at)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(stored, 0, length), CompressionMode.Decompress);
            var inflated = stream.ReadAtLeast(destination.AsSpan(0, _most), _most, throwOnEndOfStream: false);
            return inflated < _most || stream.ReadByte() < 0 ? inflated
                : throw context.Error(at, $"a chunk of {chunkBytes} bytes inflates to more than {_most}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // A stream that asks for a preset dictionary is a ZLibException, which is an IOException.
            throw new ModelFormatException(context.Error(at, "a chunk's compressed data is damaged").Message, e);
        }
    }

    /// <summary>Stored are all elements' first bytes, then all second bytes, and so on; what is no whole element stays.</summary>
    private void Unshuffle(ChunkFilter filter, ReadOnlySpan<byte> shuffled, Span<byte> destination, long at)
    {
        if (filter.Parameters is not [> 0 and <= int.MaxValue, ..])
        {
            throw context.Error(at, "a shuffle filter does not give its elements' size");
        }

        var size = (int)filter.Parameters[0];
        var count = shuffled.Length / size;
        for (var k = 0; k < size && count > 0; k++)
        {
            var plane = shuffled.Slice(k * count, count);
            for (var i = 0; i < plane.Length; i++)
            {
                destination[(i * size) + k] = plane[i];
            }
        }

        shuffled[(count * size)..].CopyTo(destination[(count * size)..]);
    }

    private int Verify(ReadOnlySpan<byte> data, long at)
    {
        var length = data.Length - ChecksumSize;
        var matches = length >= 0
            && (!context.VerifyChecksums || BinaryPrimitives.ReadUInt32LittleEndian(data[length..]) == Fletcher(data[..length]));
        return matches ? length
            : throw context.Error(at, "a chunk's checksum does not match: the file is damaged");
    }

    /// <summary>Fletcher's checksum over 16-bit words, high byte first, each sum folded into 16 bits (so 65535 stays).</summary>
    private static uint Fletcher(ReadOnlySpan<byte> data)
    {
        ulong low = 0, high = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            low += ((uint)data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0u);
            high += low;
            if ((i & 0xFFFE) == 0xFFFE)
            {
                (low, high) = (Fold(low), Fold(high));
            }
        }

        return (uint)((Fold(high) << 16) | Fold(low));
    }

    private static ulong Fold(ulong sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return sum;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }
    }
}
