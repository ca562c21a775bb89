using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>What IHDR says, checked against the specification.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    public const int Length = 13;

    public int Samples => ColorType switch
    {
        PngColorType.Grey or PngColorType.Palette => 1,
        PngColorType.GreyAlpha => 2,
        PngColorType.Rgb => 3,
        _ => 4,
    };

    public int BitsPerPixel => Samples * BitDepth;

    /// <summary>What filters call one pixel: at least one byte.</summary>
    public int FilterBytes => Math.Max(1, BitsPerPixel / 8);

    /// <summary>Bytes of one row of <paramref name="width"/> pixels, without the filter byte.</summary>
    public long RowBytes(int width) => ((long)width * BitsPerPixel + 7) / 8;

    /// <summary>Reads IHDR's data.</summary>
    public static PngHeader Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != Length)
            throw ImageFormatException.Corrupt($"IHDR has {data.Length} bytes, not {Length}");
        var width = BinaryPrimitives.ReadUInt32BigEndian(data);
        var height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw ImageFormatException.Corrupt($"IHDR gives the size {width}x{height}");
        int depth = data[8], type = data[9];
        var valid = type switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!valid)
            throw ImageFormatException.Corrupt($"colour type {type} with {depth} bits does not exist");
        if (data[10] != 0 || data[11] != 0)
            throw ImageFormatException.Corrupt($"compression method {data[10]} or filter method {data[11]} does not exist");
        if (data[12] > 1)
            throw ImageFormatException.Corrupt($"interlace method {data[12]} does not exist");
        return new PngHeader((int)width, (int)height, depth, (PngColorType)type, data[12] == 1);
    }

    /// <summary>The passes that hold at least one pixel: one for the whole picture, or up to seven (Adam7).</summary>
    public IEnumerable<PngPass> Passes()
    {
        if (!Interlaced)
        {
            yield return new PngPass(0, 0, 1, 1, Width, Height);
            yield break;
        }

        foreach (var (x, y, dx, dy) in PngPass.Adam7)
        {
            if (x < Width && y < Height)
                yield return new PngPass(x, y, dx, dy, (Width - x + dx - 1) / dx, (Height - y + dy - 1) / dy);
        }
    }

    /// <summary>The exact length of the inflated pixel stream.</summary>
    public long InflatedBytes()
    {
        long total = 0;
        foreach (var pass in Passes())
            total += pass.Height * (RowBytes(pass.Width) + 1);
        return total;
    }
}

/// <summary>A sub-picture: first pixel, step between pixels, and size in pixels.</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY, int Width, int Height)
{
    /// <summary>First pixel and step of Adam7's passes.</summary>
    public static IReadOnlyList<(int X, int Y, int StepX, int StepY)> Adam7 { get; } =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
}
