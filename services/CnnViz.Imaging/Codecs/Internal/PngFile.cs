using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>A PNG file taken apart: header, palette, transparency and where the IDAT chunks lie. Every CRC is checked.</summary>
internal sealed class PngFile
{
    private PngFile(PngHeader header) => Header = header;

    public PngHeader Header { get; }

    /// <summary>RGB entries, empty when there is none.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    /// <summary>tRNS's data, empty when there is none.</summary>
    public ReadOnlyMemory<byte> Transparency { get; private set; }

    /// <summary>From the first IDAT chunk to the end of the last, chunk frames included.</summary>
    public ReadOnlyMemory<byte> DataChunks { get; private set; }

    /// <summary>Bytes of compressed data in all IDAT chunks.</summary>
    public long CompressedBytes { get; private set; }

    /// <summary>
    /// Checks the header against the limits first, then walks all chunks. Takes no memory that depends on the picture's size.
    /// </summary>
    public static PngFile Parse(ReadOnlyMemory<byte> file, ImageLimits limits)
    {
        var offset = PngChunk.Signature.Length;
        var (type, data, next) = ReadChunk(file, offset);
        if (type != PngChunk.Header)
            throw ImageFormatException.Corrupt($"the first chunk is {PngChunk.Name(type)}, not IHDR");
        var png = new PngFile(PngHeader.Parse(data.Span));
        limits.CheckSize(png.Header.Width, png.Header.Height);
        if (png.Header.InflatedBytes() > limits.MaxInflatedBytes)
            throw ImageFormatException.OverLimit("inflated size in bytes", png.Header.InflatedBytes(), limits.MaxInflatedBytes);

        int dataStart = -1, dataEnd = -1;
        while (true)
        {
            offset = next;
            (type, data, next) = ReadChunk(file, offset);
            if (type == PngChunk.End)
                break;
            if (type == PngChunk.Data)
            {
                if (dataStart < 0)
                    dataStart = offset;
                else if (dataEnd != offset)
                    throw ImageFormatException.Corrupt("its IDAT chunks do not follow each other");
                dataEnd = next;
                png.CompressedBytes += data.Length;
            }
            else
            {
                png.TakeChunk(type, data, beforeData: dataStart < 0);
            }
        }

        if (dataStart < 0)
            throw ImageFormatException.Corrupt("it has no IDAT chunk");
        png.DataChunks = file[dataStart..dataEnd];
        png.CheckPalette();
        return png;
    }

    private void TakeChunk(uint type, ReadOnlyMemory<byte> data, bool beforeData)
    {
        switch (type)
        {
            case PngChunk.Palette:
                if (!Palette.IsEmpty || !beforeData || data.Length is 0 or > 768 || data.Length % 3 != 0)
                    throw ImageFormatException.Corrupt("PLTE is repeated, late or of a wrong length");
                Palette = data;
                break;
            case PngChunk.Transparency:
                if (!beforeData || !Transparency.IsEmpty)
                    throw ImageFormatException.Corrupt("tRNS is repeated or late");
                Transparency = data;
                break;
            case PngChunk.Header:
                throw ImageFormatException.Corrupt("IHDR is repeated");
            default:
                if (PngChunk.IsCritical(type))
                    throw ImageFormatException.Unsupported($"PNG chunk {PngChunk.Name(type)}");
                break;
        }
    }

    private void CheckPalette()
    {
        var type = Header.ColorType;
        if (type == PngColorType.Palette && (Palette.IsEmpty || Palette.Length / 3 > 1 << Header.BitDepth))
            throw ImageFormatException.Corrupt(
                "a palette picture has no palette, or one with more entries than its bits can name");
        if (Transparency.IsEmpty)
            return;
        var valid = type switch
        {
            PngColorType.Grey => Transparency.Length == 2,
            PngColorType.Rgb => Transparency.Length == 6,
            PngColorType.Palette => Transparency.Length <= Palette.Length / 3,
            _ => false,
        };
        if (!valid)
            throw ImageFormatException.Corrupt($"tRNS has {Transparency.Length} bytes for colour type {(int)type}");
    }

    private static (uint Type, ReadOnlyMemory<byte> Data, int Next) ReadChunk(ReadOnlyMemory<byte> file, int offset)
    {
        var rest = file.Span[offset..];
        if (rest.Length < PngChunk.Overhead)
            throw ImageFormatException.Truncated($"no whole chunk at byte {offset}, and no IEND before");
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        if (length > rest.Length - PngChunk.Overhead)
            throw ImageFormatException.Truncated($"chunk {PngChunk.Name(type)} at byte {offset} claims {length} bytes");
        var size = (int)length;
        var crc = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + size)..]);
        if (Crc32.Append(0, rest.Slice(4, 4 + size)) != crc)
            throw ImageFormatException.Corrupt($"the CRC of chunk {PngChunk.Name(type)} at byte {offset} does not match");
        return (type, file.Slice(offset + 8, size), offset + PngChunk.Overhead + size);
    }
}
