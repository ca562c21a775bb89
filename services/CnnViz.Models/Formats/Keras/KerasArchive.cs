using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CnnViz.Models.Keras;

/// <summary>
/// The few entries of a .keras archive that are read, by ZIP's specification (PKWARE APPNOTE 6.3): names are only compared,
/// never used as paths; sizes are checked before and while inflating. Keras stores its entries uncompressed, so that weights can
/// be read in place.
/// </summary>
internal sealed class KerasArchive
{
    private const uint EndSignature = 0x06054b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int MaxEntries = 4_096;

    /// <summary>The most that deflate makes of a byte, by zlib's technical notes.</summary>
    private const long MaxExpansion = 1_032;

    /// <summary>How many times the archive's size an entry of more than <see cref="FreeBytes"/> may have once inflated.</summary>
    private const long MaxInflation = 16;
    private const long FreeBytes = 64L * 1024 * 1024;

    private readonly ByteSource _source;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <param name="source">The archive's bytes; not owned.</param>
    /// <exception cref="ModelFormatException">It is no ZIP archive, or one of a kind that Keras does not write.</exception>
    public KerasArchive(ByteSource source)
    {
        _source = source;
        var end = FindEnd(source);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10));
        var position = (long)BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        if (count == ushort.MaxValue || position == uint.MaxValue)
        {
            throw new ModelFormatException("it is a ZIP64 archive, which is not read; Keras writes one only above 4 GiB");
        }

        if (count > MaxEntries)
        {
            throw new ModelFormatException($"it has {count} entries, more than {MaxEntries}");
        }

        for (var i = 0; i < count; i++)
        {
            position = ReadEntry(position);
        }
    }

    /// <summary>An entry's bytes; null if there is none of that name.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="most">Most bytes it may have once inflated.</param>
    public byte[]? ReadAll(string name, long most)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        var (start, stored) = Locate(name, entry);
        if (entry.Size > Math.Min(most, Array.MaxLength))
        {
            throw new ModelFormatException($"entry '{name}' has {entry.Size} bytes, more than {Math.Min(most, Array.MaxLength)}");
        }

        if (stored)
        {
            var bytes = new byte[entry.Size];
            _source.Read(start, bytes);
            return bytes;
        }

        return Inflate(name, entry, start);
    }

    /// <summary>
    /// An entry as a source: in place where it is stored, else inflated into memory. Owns the archive's source.
    /// </summary>
    /// <remarks>Trained weights hardly shrink: what claims to be much larger inflated is no model.</remarks>
    public ByteSource? Open(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        var (start, stored) = Locate(name, entry);
        if (stored)
        {
            return new SliceByteSource(_source, start, entry.Size);
        }

        var bytes = new MemoryByteSource(ReadAll(name, Math.Max(FreeBytes, MaxInflation * _source.Length)));
        _source.Dispose();
        return bytes;
    }

    private static byte[] FindEnd(ByteSource source)
    {
        // The record ends the file, but for a comment of at most 65,535 bytes.
        var length = (int)Math.Min(source.Length, EndLength + ushort.MaxValue);
        var tail = new byte[length];
        source.Read(source.Length - length, tail);
        for (var at = length - EndLength; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) == EndSignature)
            {
                return tail[at..(at + EndLength)];
            }
        }

        throw new ModelFormatException("it is no complete ZIP archive: it has no end record");
    }

    private long ReadEntry(long position)
    {
        var header = Bytes(position, EntryLength, "directory");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != EntrySignature)
        {
            throw new ModelFormatException($"its directory is damaged at byte {position}");
        }

        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        var name = Encoding.UTF8.GetString(Bytes(position + EntryLength, nameLength, "directory"));
        var entry = new Entry(
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(10)),
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)),
            BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(20)),
            BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(24)),
            BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(42)));
        if (!_entries.TryAdd(name, entry))
        {
            throw new ModelFormatException("two of its entries have the same name");
        }

        return position + EntryLength + nameLength
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30))
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
    }

    /// <summary>Where an entry's bytes begin, and whether they are stored as they are.</summary>
    private (long Start, bool Stored) Locate(string name, Entry entry)
    {
        if ((entry.Flags & 1) != 0 || entry.Method is not (0 or 8))
        {
            throw new ModelFormatException($"entry '{name}' is encrypted or compressed by method {entry.Method}, not by deflate");
        }

        var header = Bytes(entry.Offset, LocalLength, $"entry '{name}'");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature)
        {
            throw new ModelFormatException($"entry '{name}' is damaged at byte {entry.Offset}");
        }

        var start = entry.Offset + LocalLength
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26))
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        if (start > _source.Length - entry.Compressed)
        {
            throw new ModelFormatException($"entry '{name}' reaches behind the archive's end");
        }

        var stored = entry.Method == 0;
        if (stored ? entry.Size != entry.Compressed : entry.Size > entry.Compressed * MaxExpansion)
        {
            throw new ModelFormatException($"entry '{name}' declares {entry.Size} bytes in {entry.Compressed}, which cannot be");
        }

        return (start, stored);
    }

    private byte[] Inflate(string name, Entry entry, long start)
    {
        using var compressed = new SourceStream(_source, start, entry.Compressed);
        using var inflater = new DeflateStream(compressed, CompressionMode.Decompress);
        var bytes = new byte[entry.Size];
        try
        {
            if (inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || inflater.ReadByte() >= 0)
            {
                throw new ModelFormatException($"entry '{name}' does not have the {entry.Size} bytes that it declares");
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ModelFormatException($"entry '{name}' is damaged", e);
        }

        return bytes;
    }

    private byte[] Bytes(long offset, int length, string what)
    {
        if (offset > _source.Length - length)
        {
            throw new ModelFormatException($"its {what} reaches behind the archive's end");
        }

        var bytes = new byte[length];
        _source.Read(offset, bytes);
        return bytes;
    }

    private readonly record struct Entry(ushort Method, ushort Flags, long Compressed, long Size, long Offset);
}
