using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>Turns unfiltered PNG rows into raster rows.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;
    private readonly byte[] _palette = [];
    private readonly int _paletteEntries;

    /// <summary>The full-depth sample values that are transparent (tRNS of grey and RGB); empty for none.</summary>
    private readonly ushort[] _key = [];

    public PngPixels(PngFile png)
    {
        _header = png.Header;
        var transparency = png.Transparency.Span;
        Channels = _header.ColorType switch
        {
            PngColorType.GreyAlpha or PngColorType.Rgba => 4,
            _ when !transparency.IsEmpty => 4,
            PngColorType.Grey => 1,
            _ => 3,
        };
        if (_header.ColorType == PngColorType.Palette)
        {
            _paletteEntries = png.Palette.Length / 3;
            _palette = MakePalette(png.Palette.Span, transparency);
        }
        else if (!transparency.IsEmpty)
        {
            _key = new ushort[transparency.Length / 2];
            for (var i = 0; i < _key.Length; i++)
                _key[i] = BinaryPrimitives.ReadUInt16BigEndian(transparency[(2 * i)..]);
        }
    }

    /// <summary>Channels of the raster: 1, 3 or 4.</summary>
    public int Channels { get; }

    /// <summary>Writes a pass's row to the pixels <paramref name="x"/>, x + step, ... of a raster row.</summary>
    public void Expand(ReadOnlySpan<byte> row, int width, Span<byte> target, int x, int step)
    {
        var plain = _header.ColorType is PngColorType.Grey or PngColorType.Rgb or PngColorType.Rgba;
        if (plain && step == 1 && _header.BitDepth == 8 && _key.Length == 0)
        {
            row[..(width * Channels)].CopyTo(target);
            return;
        }

        var offset = x * Channels;
        var advance = step * Channels;
        for (var i = 0; i < width; i++, offset += advance)
            ExpandPixel(row, i, target.Slice(offset, Channels));
    }

    private void ExpandPixel(ReadOnlySpan<byte> row, int index, Span<byte> pixel)
    {
        switch (_header.ColorType)
        {
            case PngColorType.Palette:
                var entry = Sample(row, index);
                if (entry >= _paletteEntries)
                    throw ImageFormatException.Corrupt($"a pixel names palette entry {entry} of {_paletteEntries}");
                _palette.AsSpan(4 * entry, pixel.Length).CopyTo(pixel);
                break;
            case PngColorType.Grey:
                var grey = Sample(row, index);
                if (_key.Length == 0)
                {
                    pixel[0] = ToByte(grey);
                    break;
                }

                pixel[..3].Fill(ToByte(grey));
                pixel[3] = (byte)(grey == _key[0] ? 0 : 255);
                break;
            case PngColorType.GreyAlpha:
                pixel[..3].Fill(ToByte(Sample(row, 2 * index)));
                pixel[3] = ToByte(Sample(row, 2 * index + 1));
                break;
            default:
                ExpandColor(row, index, pixel);
                break;
        }
    }

    private void ExpandColor(ReadOnlySpan<byte> row, int index, Span<byte> pixel)
    {
        var samples = _header.Samples;
        var opaque = _key.Length == 0;
        for (var c = 0; c < samples; c++)
        {
            var sample = Sample(row, samples * index + c);
            pixel[c] = ToByte(sample);
            opaque |= _key.Length > c && sample != _key[c];
        }

        if (_key.Length > 0)
            pixel[3] = (byte)(opaque ? 255 : 0);
    }

    /// <summary>The n-th sample of a row, at its full depth.</summary>
    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        switch (_header.BitDepth)
        {
            case 8:
                return row[index];
            case 16:
                return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
            default:
                // The leftmost pixel is in the high bits.
                var depth = _header.BitDepth;
                var perByte = 8 / depth;
                var shift = 8 - depth * (index % perByte + 1);
                return (row[index / perByte] >> shift) & ((1 << depth) - 1);
        }
    }

    private byte ToByte(int sample) => _header.BitDepth switch
    {
        8 => (byte)sample,
        16 => (byte)(sample >> 8),
        // 255 is a multiple of 1, 3 and 15: the spread is exact.
        _ => (byte)(sample * 255 / ((1 << _header.BitDepth) - 1)),
    };

    private static byte[] MakePalette(ReadOnlySpan<byte> colors, ReadOnlySpan<byte> alpha)
    {
        var palette = new byte[colors.Length / 3 * 4];
        for (var i = 0; i < colors.Length / 3; i++)
        {
            colors.Slice(3 * i, 3).CopyTo(palette.AsSpan(4 * i));
            palette[4 * i + 3] = i < alpha.Length ? alpha[i] : (byte)255;
        }

        return palette;
    }
}
