using System.Globalization;

namespace CnnViz.Imaging;

/// <summary>An sRGB colour, 8 bits per channel.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    public static Rgb Black => new(0, 0, 0);

    public static Rgb White => new(255, 255, 255);

    /// <summary>
    /// The default canvas of galleries, #0f1115: dark enough to let pictures glow, not quite black so that black tiles stand off.
    /// </summary>
    public static Rgb Ink => new(0x0f, 0x11, 0x15);

    /// <summary>The default colour of titles, #e8eaed.</summary>
    public static Rgb Paper => new(0xe8, 0xea, 0xed);

    /// <summary>The default colour of labels and subtitles, #9aa0a6.</summary>
    public static Rgb Slate => new(0x9a, 0xa0, 0xa6);

    /// <summary>The default colour of values that are NaN or infinite, #ff2d95: in none of the colour maps.</summary>
    public static Rgb NonFinite => new(0xff, 0x2d, 0x95);

    /// <summary>Reads "#rrggbb" (the # may be left out; any case).</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Rgb Parse(string hex) =>
        TryParse(hex, out var color) ? color : throw new FormatException($"'{hex}' is not a colour of the form #rrggbb.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? hex, out Rgb color)
    {
        color = default;
        var digits = hex.AsSpan();
        if (digits.StartsWith("#"))
            digits = digits[1..];
        if (digits.Length != 6 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        color = new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>"#rrggbb".</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    /// <summary>Fills interleaved RGB bytes; the length is a multiple of 3.</summary>
    internal void Fill(Span<byte> rgb)
    {
        if (R == G && G == B)
        {
            rgb.Fill(R);
            return;
        }

        if (rgb.Length == 0)
            return;
        rgb[0] = R;
        rgb[1] = G;
        rgb[2] = B;
        // Doubling the filled part makes this a few large copies.
        for (var filled = 3; filled < rgb.Length; filled *= 2)
            rgb[..Math.Min(filled, rgb.Length - filled)].CopyTo(rgb[filled..]);
    }
}
