using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// What the markers of a JPEG (ITU-T T.81, B.1) say: read by us before the native decoder sees the bytes, so that size, scans and
/// completeness are known without decoding.
/// </summary>
/// <param name="Width">Pixels per row, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Components">1 (grey), 3 or 4 (CMYK).</param>
/// <param name="Scans">How often the decoder goes over the picture.</param>
internal readonly record struct JpegHeader(int Width, int Height, int Components, int Scans)
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    public static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    /// <summary>Walks all markers up to the end-of-image marker; the size is checked as soon as it is met.</summary>
    public static JpegHeader Parse(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        JpegHeader header = default;
        var offset = 2;
        while (true)
        {
            var marker = NextMarker(file, ref offset);
            if (marker == EndOfImage)
                break;
            // Restart markers and TEM stand alone.
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                continue;
            var segment = Segment(file, ref offset);
            if (IsFrame(marker))
            {
                if (header.Width != 0)
                    throw ImageFormatException.Corrupt("it has two frames");
                header = ReadFrame(marker, segment, limits);
            }
            else if (marker == StartOfScan)
            {
                header = header with { Scans = header.Scans + 1 };
                SkipEntropyCodedData(file, ref offset);
            }
        }

        if (header.Width == 0 || header.Scans == 0)
            throw ImageFormatException.Corrupt("it has no frame or no scan");
        if (header.Scans > limits.MaxScans)
            throw ImageFormatException.OverLimit("number of scans", header.Scans, limits.MaxScans);
        return header;
    }

    /// <summary>SOF0..SOF15, among which lie DHT, JPG and DAC.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static JpegHeader ReadFrame(byte marker, ReadOnlySpan<byte> segment, ImageLimits limits)
    {
        if (segment.Length < 6)
            throw ImageFormatException.Corrupt("its frame header is too short");
        // Baseline, extended and progressive, Huffman coded: what encoders write.
        if (marker is not (0xC0 or 0xC1 or 0xC2))
            throw ImageFormatException.Unsupported($"JPEG process SOF{marker - 0xC0} (lossless, hierarchical or arithmetic)");
        if (segment[0] != 8)
            throw ImageFormatException.Unsupported($"JPEG with {segment[0]} bits per sample");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        if (width == 0)
            throw ImageFormatException.Corrupt("its width is 0");
        if (height == 0)
            throw ImageFormatException.Unsupported("JPEG whose height comes after the first scan");
        limits.CheckSize(width, height);
        int components = segment[5];
        if (components is not (1 or 3 or 4))
            throw ImageFormatException.Unsupported($"JPEG with {components} components");
        return new JpegHeader(width, height, components, 0);
    }

    private static byte NextMarker(ReadOnlySpan<byte> file, ref int offset)
    {
        // Bytes before the marker are tolerated, as decoders do; a marker may be preceded by any number of FF.
        var skip = file[offset..].IndexOf((byte)0xFF);
        if (skip >= 0)
        {
            offset += skip;
            while (offset < file.Length && file[offset] == 0xFF)
                offset++;
            if (offset < file.Length)
                return file[offset++];
        }

        throw ImageFormatException.Truncated("no end-of-image marker");
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, ref int offset)
    {
        if (file.Length - offset < 2)
            throw ImageFormatException.Truncated($"marker segment at byte {offset}");
        int length = BinaryPrimitives.ReadUInt16BigEndian(file[offset..]);
        if (length < 2)
            throw ImageFormatException.Corrupt($"marker segment at byte {offset} has length {length}");
        if (file.Length - offset < length)
            throw ImageFormatException.Truncated($"marker segment at byte {offset} claims {length} bytes");
        var segment = file.Slice(offset + 2, length - 2);
        offset += length;
        return segment;
    }

    private static void SkipEntropyCodedData(ReadOnlySpan<byte> file, ref int offset)
    {
        while (true)
        {
            var next = file[offset..].IndexOf((byte)0xFF);
            if (next < 0 || offset + next + 1 >= file.Length)
                throw ImageFormatException.Truncated("no end-of-image marker");
            offset += next;
            // FF 00 is a data byte; restart markers belong to the data.
            var code = file[offset + 1];
            if (code is not (0x00 or (>= 0xD0 and <= 0xD7)))
                return;
            offset += 2;
        }
    }
}
