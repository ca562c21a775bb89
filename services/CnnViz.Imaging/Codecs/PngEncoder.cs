using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CnnViz.Imaging.Codecs;

/// <summary>Writes PNG: 8 bits per channel, grey, RGB or RGBA as the raster is, not interlaced, one IDAT chunk.</summary>
public static class PngEncoder
{
    /// <summary>The encoded file.</summary>
    /// <exception cref="ArgumentException">A text keyword breaks the rules of <see cref="PngOptions.Text"/>.</exception>
    public static byte[] Encode(Raster raster, PngOptions? options = null)
    {
        using var output = Build(raster, options);
        return output.Written.ToArray();
    }

    /// <summary>Writes the encoded file in one call to <paramref name="destination"/>, which stays open.</summary>
    /// <inheritdoc cref="Encode(Raster, PngOptions?)"/>
    public static void Encode(Raster raster, Stream destination, PngOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var output = Build(raster, options);
        destination.Write(output.Written);
    }

    private static PooledBufferStream Build(Raster raster, PngOptions? options)
    {
        ArgumentNullException.ThrowIfNull(raster);
        options ??= PngOptions.Default;
        var output = new PooledBufferStream(Math.Max(4096, raster.Pixels.Length / 4));
        try
        {
            output.Write(PngChunk.Signature);
            WriteHeader(output, raster);
            foreach (var (keyword, value) in options.Text)
                WriteText(output, keyword, value);
            var start = PngChunk.Begin(output, PngChunk.Data);
            WriteRows(output, raster, options.Compression);
            PngChunk.Finish(output, start);
            PngChunk.Write(output, PngChunk.End, []);
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    internal static void WriteHeader(PooledBufferStream output, Raster raster)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, raster.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], raster.Height);
        header[8] = 8;
        header[9] = (byte)(raster.Channels switch { 1 => PngColorType.Grey, 3 => PngColorType.Rgb, _ => PngColorType.Rgba });
        header[10..].Clear();
        PngChunk.Write(output, PngChunk.Header, header);
    }

    private static void WriteText(PooledBufferStream output, string keyword, string value)
    {
        // Latin-1's printable characters, no leading, trailing or double spaces (PNG, 11.3.3.1).
        if (keyword is null or { Length: 0 or > 79 } || keyword.Trim() != keyword || keyword.Contains("  ", StringComparison.Ordinal)
            || keyword.Any(c => c is < ' ' or (> '~' and < '\u00A1') or > '\u00FF'))
            throw new ArgumentException(
                $"'{keyword}' is not a PNG text keyword: 1 to 79 printable Latin-1 characters.", nameof(keyword));
        // A zero would end the field early; it has no meaning in text.
        value = (value ?? "").Replace("\0", "", StringComparison.Ordinal);
        var latin = value.All(c => c <= '\u00FF');
        var start = PngChunk.Begin(output, latin ? PngChunk.Text : PngChunk.InternationalText);
        output.Write(Encoding.Latin1.GetBytes(keyword));
        // tEXt: separator. iTXt: separator, not compressed (2 bytes), no language, no translated keyword.
        output.Write(latin ? [0] : [0, 0, 0, 0, 0]);
        output.Write((latin ? Encoding.Latin1 : Encoding.UTF8).GetBytes(value));
        PngChunk.Finish(output, start);
    }

    internal static void WriteRows(PooledBufferStream output, Raster raster, CompressionLevel compression)
    {
        using var zlib = new ZLibStream(output, compression, leaveOpen: true);
        var stride = raster.Stride;
        // Rows go to zlib in blocks of about 64 KiB: a call per narrow row would cost more than its compression.
        var rowsPerBlock = Math.Clamp(65_536 / (stride + 1), 1, raster.Height);
        var block = ArrayPool<byte>.Shared.Rent(rowsPerBlock * (stride + 1));
        var chooser = compression == CompressionLevel.Fastest ? null : new PngFilterChooser(stride, raster.Channels);
        var zero = new byte[stride];
        try
        {
            for (var y = 0; y < raster.Height; y += rowsPerBlock)
            {
                var rows = Math.Min(rowsPerBlock, raster.Height - y);
                for (var r = 0; r < rows; r++)
                {
                    ReadOnlySpan<byte> above = y + r == 0 ? zero : raster.Row(y + r - 1);
                    var target = block.AsSpan(r * (stride + 1), stride + 1);
                    if (chooser is null)
                        PngFilters.Apply(PngFilter.Up, raster.Row(y + r), above, raster.Channels, target);
                    else
                        chooser.Apply(raster.Row(y + r), above, target);
                }

                zlib.Write(block, 0, rows * (stride + 1));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
