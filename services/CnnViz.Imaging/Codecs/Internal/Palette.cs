namespace CnnViz.Imaging.Codecs;

/// <summary>
/// 256 colours chosen by median cut (P. Heckbert, "Color image quantization for frame buffer display", 1982): the box with the
/// most spread is halved at its median until there are 256; each gives the mean of its pixels.
/// </summary>
internal sealed class Palette
{
    public const int Entries = 256;

    /// <summary>
    /// How far ordered dithering moves a value up or down at most: about half the distance of neighbouring colours.
    /// </summary>
    private const int DitherReach = 6;

    // Bayer's 4 x 4 order.
    private static readonly sbyte[] _order = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

    private readonly byte[] _colors = new byte[3 * Entries];
    private readonly short[] _nearest = new short[ColorHistogram.Side * ColorHistogram.Side * ColorHistogram.Side];
    private readonly int _used;
    private readonly bool _exact;

    private Palette(IReadOnlyList<Rgb> colors, bool exact)
    {
        (_used, _exact) = (colors.Count, exact);
        for (var i = 0; i < _used; i++)
            (_colors[3 * i], _colors[3 * i + 1], _colors[3 * i + 2]) = (colors[i].R, colors[i].G, colors[i].B);
        Array.Fill(_nearest, (short)-1);
    }

    /// <summary>Interleaved RGB: 768 bytes.</summary>
    public ReadOnlySpan<byte> Colors => _colors;

    public static Palette Of(ColorHistogram histogram)
    {
        var cells = Enumerable.Range(0, ColorHistogram.Side * ColorHistogram.Side * ColorHistogram.Side)
            .Where(cell => histogram.Count(cell) > 0).ToArray();
        var boxes = new List<ColorBox> { new(histogram, cells) };
        while (boxes.Count < Entries)
        {
            var widest = boxes.Where(box => box.CanSplit).MaxBy(box => box.Spread);
            if (widest is null)
                break;
            boxes.Remove(widest);
            var (low, high) = widest.Split();
            boxes.Add(low);
            boxes.Add(high);
        }

        return new Palette([.. boxes.Select(box => box.Mean)], exact: boxes.Count == cells.Length);
    }

    /// <summary>Each pixel's palette entry.</summary>
    public void Map(Raster frame, Span<byte> indices)
    {
        for (int y = 0, i = 0; y < frame.Height; y++)
        {
            var row = frame.Row(y);
            for (var x = 0; x < frame.Width; x++, i++)
            {
                var pixel = row.Slice(3 * x, 3);
                var shift = _exact ? 0 : (2 * _order[(y & 3) * 4 + (x & 3)] - 15) * DitherReach / 15;
                indices[i] = Index(Shift(pixel[0], shift), Shift(pixel[1], shift), Shift(pixel[2], shift));
            }
        }
    }

    // Black and white stay as they are: a dithered margin would look dirty.
    private static int Shift(byte value, int by) => value is 0 or 255 ? value : Math.Clamp(value + by, 0, 255);

    private byte Index(int r, int g, int b)
    {
        var cell = ColorHistogram.Cell(r, g, b);
        if (_nearest[cell] < 0)
            _nearest[cell] = Nearest((r & ~7) + 4, (g & ~7) + 4, (b & ~7) + 4);
        return (byte)_nearest[cell];
    }

    private short Nearest(int r, int g, int b)
    {
        var (best, least) = (0, int.MaxValue);
        for (var i = 0; i < _used; i++)
        {
            int dr = r - _colors[3 * i], dg = g - _colors[3 * i + 1], db = b - _colors[3 * i + 2];
            var distance = dr * dr + dg * dg + db * db;
            if (distance < least)
                (best, least) = (i, distance);
        }

        return (short)best;
    }
}
