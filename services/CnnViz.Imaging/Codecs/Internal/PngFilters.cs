using System.Numerics.Tensors;

namespace CnnViz.Imaging.Codecs;

/// <summary>The row filters of PNG, by their numbers in the file.</summary>
internal enum PngFilter : byte
{
    None,
    Sub,
    Up,
    Average,
    Paeth,
}

/// <summary>Applies and undoes row filters. "Left" is the byte one whole pixel (at least one byte) before.</summary>
internal static class PngFilters
{
    /// <summary>
    /// Writes the filter's number and the filtered row; <paramref name="output"/> is one byte longer than the row.
    /// </summary>
    public static void Apply(
        PngFilter filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int bytesPerPixel, Span<byte> output)
    {
        output[0] = (byte)filter;
        output = output[1..];
        var bpp = bytesPerPixel;
        switch (filter)
        {
            case PngFilter.None:
                row.CopyTo(output);
                break;
            case PngFilter.Sub:
                row[..bpp].CopyTo(output);
                TensorPrimitives.Subtract(row[bpp..], row[..^bpp], output[bpp..]);
                break;
            case PngFilter.Up:
                TensorPrimitives.Subtract(row, above, output);
                break;
            case PngFilter.Average:
                for (var i = 0; i < row.Length; i++)
                    output[i] = (byte)(row[i] - ((Left(row, i, bpp) + above[i]) >> 1));
                break;
            default:
                for (var i = 0; i < row.Length; i++)
                    output[i] = (byte)(row[i] - Paeth(Left(row, i, bpp), above[i], Left(above, i, bpp)));
                break;
        }
    }

    /// <summary>Undoes a filter in place.</summary>
    public static void Undo(PngFilter filter, Span<byte> row, ReadOnlySpan<byte> above, int bytesPerPixel)
    {
        var bpp = bytesPerPixel;
        switch (filter)
        {
            case PngFilter.None:
                break;
            case PngFilter.Sub:
                for (var i = bpp; i < row.Length; i++)
                    row[i] += row[i - bpp];
                break;
            case PngFilter.Up:
                TensorPrimitives.Add<byte>(row, above, row);
                break;
            case PngFilter.Average:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)((Left(row, i, bpp) + above[i]) >> 1);
                break;
            case PngFilter.Paeth:
                for (var i = 0; i < row.Length; i++)
                    row[i] += Paeth(Left(row, i, bpp), above[i], Left(above, i, bpp));
                break;
            default:
                throw ImageFormatException.Corrupt($"row filter {(int)filter} does not exist");
        }
    }

    private static int Left(ReadOnlySpan<byte> row, int index, int bytesPerPixel) =>
        index >= bytesPerPixel ? row[index - bytesPerPixel] : 0;

    /// <summary>Of left, above and upper left, the one nearest to left + above - upper left; ties go to the first.</summary>
    private static byte Paeth(int left, int above, int upperLeft)
    {
        var toLeft = Math.Abs(above - upperLeft);
        var toAbove = Math.Abs(left - upperLeft);
        var toUpperLeft = Math.Abs(left + above - 2 * upperLeft);
        if (toLeft <= toAbove && toLeft <= toUpperLeft)
            return (byte)left;
        return (byte)(toAbove <= toUpperLeft ? above : upperLeft);
    }
}
