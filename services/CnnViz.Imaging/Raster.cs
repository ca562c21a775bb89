namespace CnnViz.Imaging;

/// <summary>
/// A picture in memory: 8 bits per channel, channels interleaved, rows from top to bottom without padding
/// (the value at column x, row y, channel c is at <c>(y * Width + x) * Channels + c</c>).
/// Colours are sRGB; alpha, where there is one, is straight (not premultiplied).
/// </summary>
public sealed class Raster
{
    /// <summary>Wraps <paramref name="pixels"/> without copying it.</summary>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey), 3 (RGB) or 4 (RGBA).</param>
    /// <param name="pixels">Exactly <c>width * height * channels</c> bytes.</param>
    /// <exception cref="ArgumentException">A size is out of range, or the array's length does not match.</exception>
    public Raster(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var length = CheckedLength(width, height, channels);
        if (pixels.Length != length)
            throw new ArgumentException(
                $"{width}x{height}x{channels} needs {length} bytes, not {pixels.Length}.", nameof(pixels));
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>A black (and, with alpha, transparent) picture.</summary>
    /// <exception cref="ArgumentException">A size is out of range, or the picture would exceed 2 GiB.</exception>
    public Raster(int width, int height, int channels)
        : this(width, height, channels, new byte[CheckedLength(width, height, channels)])
    {
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 (grey), 3 (RGB) or 4 (RGBA).</summary>
    public int Channels { get; }

    /// <summary>All rows, top to bottom: <c>Width * Height * Channels</c> bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Bytes per row.</summary>
    public int Stride => Width * Channels;

    /// <summary>One row's bytes; writes go to <see cref="Pixels"/>.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(y * Stride, Stride);

    /// <summary>A picture of one colour: RGB.</summary>
    public static Raster Filled(int width, int height, Rgb color)
    {
        var raster = new Raster(width, height, 3);
        color.Fill(raster.Pixels);
        return raster;
    }

    /// <summary>
    /// This picture with 3 channels: grey is repeated, alpha is blended over <paramref name="background"/> (default white)
    /// in sRGB values, rounded. Returns this very object when it has 3 channels already.
    /// </summary>
    public Raster ToRgb(Rgb? background = null)
    {
        if (Channels == 3)
            return this;
        var result = new Raster(Width, Height, 3);
        PixelConversion.ToRgb(Pixels, Channels, background ?? Rgb.White, result.Pixels);
        return result;
    }

    /// <summary>
    /// This picture with 1 channel: luma by ITU-R BT.601, (19595 R + 38470 G + 7471 B + 32768) >> 16, after blending any alpha
    /// over <paramref name="background"/> (default white). Returns this very object when it has 1 channel already.
    /// </summary>
    public Raster ToGrey(Rgb? background = null)
    {
        if (Channels == 1)
            return this;
        var rgb = ToRgb(background);
        var result = new Raster(Width, Height, 1);
        PixelConversion.ToGrey(rgb.Pixels, result.Pixels);
        return result;
    }

    private static int CheckedLength(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A raster has 1, 3 or 4 channels.");
        // Three ints multiply to at most 2^64: go by way of Int128 to be exact for any input.
        var length = (Int128)width * height * channels;
        if (length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"{width}x{height}x{channels} exceeds {Array.MaxLength} bytes.");
        return (int)length;
    }
}
