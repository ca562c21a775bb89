using System.Buffers.Binary;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

public sealed class JpegTests(JpegCases cases) : IClassFixture<JpegCases>
{
    /// <summary>Grey, RGB (4:4:4, 4:2:2, 4:2:0) and CMYK, baseline and progressive.</summary>
    [PythonFact]
    public void Decode_JpegsOfPillow_SamePixelsWithinTwo()
    {
        var reference = cases.Reference;
        foreach (var fields in reference.Cases)
        {
            var raster = ImageDecoder.Decode(reference.Bytes(fields[0] + ".jpg"));
            Assert.Equal(
                (fields[0], fields[1], fields[2], fields[3]),
                (fields[0], $"{raster.Width}", $"{raster.Height}", $"{raster.Channels}"));
            var worst = raster.Pixels.Zip(reference.Bytes(fields[0] + ".raw"), (a, b) => Math.Abs(a - b)).Max();
            Assert.True(worst <= 2, $"{fields[0]}: {worst}");
        }
    }

    [PythonFact]
    public void Decode_ManyThreads_SamePixels()
    {
        var reference = cases.Reference;
        var files = reference.Cases.Select(c => reference.Bytes(c[0] + ".jpg")).ToArray();
        var expected = files.Select(f => JpegDecoder.Decode(f).Pixels).ToArray();
        Parallel.For(0, 400, i => Assert.Equal(expected[i % files.Length], JpegDecoder.Decode(files[i % files.Length]).Pixels));
    }

    [PythonFact]
    public void Decode_TruncatedAtAnyByte_Refused()
    {
        foreach (var file in Samples())
        {
            for (var length = 0; length < file.Length; length++)
            {
                var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file.AsMemory(0, length)));
                Assert.True(e.Reason is ImageFormatReason.Truncated or ImageFormatReason.UnknownFormat, $"{length}: {e.Message}");
            }
        }
    }

    [PythonFact]
    public void Decode_EntropyDataCutShortBeforeItsEnd_Refused()
    {
        foreach (var file in Samples())
        {
            byte[] cut = [.. file[..(file.Length * 3 / 4)], 0xFF, 0xD9];
            Assert.Equal(ImageFormatReason.Corrupt, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(cut)).Reason);
        }
    }

    [PythonFact]
    public void Decode_StrayBytesBetweenSegments_Tolerated()
    {
        var file = Samples()[0];
        var expected = ImageDecoder.Decode(file).Pixels;
        // After SOI and the APP0 segment.
        var after = 4 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(4));
        byte[] padded = [.. file[..after], 0, 0, 0, .. file[after..]];
        Assert.Equal(expected, ImageDecoder.Decode(padded).Pixels);
    }

    [PythonFact]
    public void Decode_HeaderOverLimit_RefusedBeforeMemoryIsTaken()
    {
        var file = Resized(Samples()[0], 65_000, 65_000);
        ImageFormatException? e = null;
        var allocated = Pictures.Allocated(() => e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)));
        Assert.Equal((ImageFormatReason.LimitExceeded, "width", 65_000, 16_384), (e!.Reason, e.LimitName, e.Value, e.Limit));
        Assert.InRange(allocated, 0, 20_000);
    }

    [PythonFact]
    public void Decode_LargeHeaderWithLittleData_RefusedBeforeMemoryIsTaken()
    {
        var file = Resized(Samples()[0], 6000, 6000);
        var allocated = Pictures.Allocated(() =>
            Assert.Equal(
                ImageFormatReason.Truncated, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Reason));
        Assert.InRange(allocated, 0, 20_000);
    }

    [PythonFact]
    public void Decode_ScanBomb_Refused()
    {
        var file = Samples()[1];
        var scan = LastIndexOf(file, 0xDA);
        var body = file[scan..^2];
        byte[] bomb = [.. file[..scan], .. Enumerable.Repeat(body, 1000).SelectMany(b => b), 0xFF, 0xD9];
        var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(bomb));
        Assert.Equal((ImageFormatReason.LimitExceeded, "number of scans", 64), (e.Reason, e.LimitName, e.Limit));
        Assert.InRange(e.Value!.Value, 1000, 1020);
    }

    [Theory]
    [InlineData(0xC9, 8, 3, ImageFormatReason.Unsupported)]
    [InlineData(0xC0, 12, 3, ImageFormatReason.Unsupported)]
    [InlineData(0xC0, 8, 2, ImageFormatReason.Unsupported)]
    [InlineData(0xC3, 8, 3, ImageFormatReason.Unsupported)]
    public void Decode_OtherProcess_RefusedByName(byte marker, byte precision, byte components, ImageFormatReason reason)
    {
        byte[] file = [0xFF, 0xD8, 0xFF, marker, 0, 8, precision, 0, 8, 0, 8, components, 0xFF, 0xD9];
        Assert.Equal(reason, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Reason);
    }

    [Theory]
    [InlineData("GIF89a", "GIF")]
    [InlineData("RIFF1234WEBPVP8 ", "WebP")]
    [InlineData("BM12345", "BMP")]
    public void Decode_OtherFormat_NamedInTheMessage(string start, string format)
    {
        var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(start.Select(c => (byte)c).ToArray()));
        Assert.Equal(ImageFormatReason.UnknownFormat, e.Reason);
        Assert.Contains(format, e.Message, StringComparison.Ordinal);
    }

    /// <summary>A baseline and a progressive RGB picture of 37x23.</summary>
    private byte[][] Samples()
    {
        var reference = cases.Reference;
        var color = reference.Cases.Where(c => c[0].EndsWith("RGB-37x23", StringComparison.Ordinal))
            .Select(c => reference.Bytes(c[0] + ".jpg")).ToArray();
        return [color.First(f => Find(f, 0xC0) >= 0), color.First(f => Find(f, 0xC2) >= 0)];
    }

    private static byte[] Resized(byte[] file, ushort width, ushort height)
    {
        var copy = (byte[])file.Clone();
        var frame = Find(copy, 0xC0);
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(frame + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(frame + 7), width);
        return copy;
    }

    private static int Find(byte[] file, byte marker) => file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);

    private static int LastIndexOf(byte[] file, byte marker) => file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, marker]);
}

/// <summary>Pillow's JPEGs, made once for all tests of a class.</summary>
public sealed class JpegCases : IDisposable
{
    private readonly Lazy<Reference> _reference = new(() => Reference.Run("jpegs"));

    public Reference Reference => _reference.Value;

    public void Dispose()
    {
        if (_reference.IsValueCreated)
            _reference.Value.Dispose();
    }
}
