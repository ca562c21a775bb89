using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

public sealed class PngHostileTests
{
    private static readonly byte[] _end = Pictures.Chunk("IEND");

    public static TheoryData<string, byte[], ImageFormatReason> Broken { get; } = new()
    {
        { "nothing", [], ImageFormatReason.Truncated },
        { "text", "hello, world"u8.ToArray(), ImageFormatReason.UnknownFormat },
        { "signature only", Pictures.Png(), ImageFormatReason.Truncated },
        { "no header", Pictures.Png(_end), ImageFormatReason.Corrupt },
        { "no pixels", Pictures.Png(Pictures.Header(1, 1), _end), ImageFormatReason.Corrupt },
        { "no end", Pictures.Png(Pictures.Header(1, 1), Data(new byte[2])), ImageFormatReason.Truncated },
        { "zero width", Pictures.Png(Pictures.Header(0, 1), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "negative height", Pictures.Png(Pictures.Header(1, 0x80000000), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "3 bits", Pictures.Png(Pictures.Header(1, 1, depth: 3), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "16-bit palette", Pictures.Png(Pictures.Header(1, 1, depth: 16, type: 3), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "interlace 2", Pictures.Png(Pictures.Header(1, 1, interlace: 2), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "two headers", Pictures.Png(Pictures.Header(1, 1), Pictures.Header(1, 1), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "unknown critical chunk", Pictures.Png(Pictures.Header(1, 1), Pictures.Chunk("QQQQ"), Data(new byte[2]), _end), ImageFormatReason.Unsupported },
        { "palette missing", Pictures.Png(Pictures.Header(1, 1, type: 3), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "palette too long", Pictures.Png(Pictures.Header(1, 1, 1, 3), Pictures.Chunk("PLTE", new byte[9]), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "palette of 4 bytes", Pictures.Png(Pictures.Header(1, 1, 8, 3), Pictures.Chunk("PLTE", new byte[4]), Data(new byte[2]), _end), ImageFormatReason.Corrupt },
        { "index beyond palette", Pictures.Png(Pictures.Header(1, 1, 8, 3), Pictures.Chunk("PLTE", new byte[3]), Data([0, 1]), _end), ImageFormatReason.Corrupt },
        { "tRNS of RGBA", Pictures.Png(Pictures.Header(1, 1, 8, 6), Pictures.Chunk("tRNS", new byte[2]), Data(new byte[5]), _end), ImageFormatReason.Corrupt },
        { "filter 5", Pictures.Png(Pictures.Header(1, 1), Data([5, 0]), _end), ImageFormatReason.Corrupt },
        { "rows missing", Pictures.Png(Pictures.Header(1, 9), Data(new byte[2]), _end), ImageFormatReason.Truncated },
        { "rows too many", Pictures.Png(Pictures.Header(1, 1), Data(new byte[4]), _end), ImageFormatReason.Corrupt },
        { "not zlib", Pictures.Png(Pictures.Header(1, 1), Pictures.Chunk("IDAT", 1, 2, 3, 4), _end), ImageFormatReason.Corrupt },
        { "zlib dictionary", Pictures.Png(Pictures.Header(1, 1), Pictures.Chunk("IDAT", 0x78, 0xBB, 0, 0, 0, 1, 3, 0), _end), ImageFormatReason.Corrupt },
        { "IDAT apart", Pictures.Png(Pictures.Header(1, 1), Data(new byte[2]), Pictures.Chunk("tIME", 1), Pictures.Chunk("IDAT"), _end), ImageFormatReason.Corrupt },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Decode_BrokenFile_RefusedWithReason(string what, byte[] file, ImageFormatReason reason)
    {
        var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file));
        Assert.True(reason == e.Reason, $"{what}: {e.Reason}: {e.Message}");
        Assert.Null(e.Limit);
    }

    [Fact]
    public void Decode_WrongZlibChecksum_Refused()
    {
        var data = Pictures.Deflate([0, 7]);
        data[^1] ^= 1;
        var e = Assert.Throws<ImageFormatException>(
            () => ImageDecoder.Decode(Pictures.Png(Pictures.Header(1, 1), Pictures.Chunk("IDAT", data), _end)));
        Assert.Equal(ImageFormatReason.Corrupt, e.Reason);
    }

    [Fact]
    public void Decode_OneByteOfAnyChunkChanged_NeverAccepted()
    {
        var file = Pictures.Png(Pictures.Header(3, 2), Pictures.Chunk("tEXt", 65, 0, 66), Data([0, 1, 2, 3, 0, 4, 5, 6]), _end);
        Assert.Equal([1, 2, 3, 4, 5, 6], ImageDecoder.Decode(file).Pixels);
        for (var i = 0; i < file.Length; i++)
        {
            var changed = (byte[])file.Clone();
            changed[i] ^= 0x20;
            Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(changed));
        }
    }

    [Fact]
    public void Decode_TruncatedAtAnyByte_Refused()
    {
        var file = Pictures.Png(
            Pictures.Header(5, 5, 2, 3, 1), Pictures.Chunk("PLTE", new byte[12]), Pictures.Chunk("tRNS", 9), Data(new byte[24]), _end);
        for (var length = 0; length < file.Length; length++)
        {
            var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file.AsMemory(0, length)));
            Assert.True(e.Reason is ImageFormatReason.Truncated or ImageFormatReason.UnknownFormat, $"{length}: {e.Message}");
        }
    }

    [Theory]
    [InlineData(1u, 500_000_000u, "height", 500_000_000, 16_384)]
    [InlineData(20_000u, 1u, "width", 20_000, 16_384)]
    [InlineData(16_384u, 16_384u, "pixel count", 268_435_456, 40_000_000)]
    [InlineData(2_147_483_647u, 2_147_483_647u, "width", 2_147_483_647, 16_384)]
    public void Decode_HeaderOverLimit_RefusedBeforeMemoryIsTaken(uint width, uint height, string name, long value, long limit)
    {
        var file = Pictures.Png(Pictures.Header(width, height), Data(new byte[100]), _end);
        ImageFormatException? e = null;
        var allocated = Pictures.Allocated(() => e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)));
        Assert.Equal((ImageFormatReason.LimitExceeded, name, value, limit), (e!.Reason, e.LimitName, e.Value, e.Limit));
        Assert.InRange(allocated, 0, 20_000);
    }

    [Fact]
    public void Decode_LargeHeaderWithoutData_RefusedBeforeMemoryIsTaken()
    {
        var file = Pictures.Png(Pictures.Header(6000, 6000, 8, 6), Data(new byte[10_000]), _end);
        var allocated = Pictures.Allocated(() =>
            Assert.Equal(
                ImageFormatReason.Truncated, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Reason));
        Assert.InRange(allocated, 0, 20_000);
    }

    [Fact]
    public void Decode_ZipBomb_InflatedNoFurtherThanThePicture()
    {
        var file = Pictures.Png(Pictures.Header(100, 100), Data(new byte[20_000_000]), _end);
        var allocated = Pictures.Allocated(() =>
        {
            var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file));
            Assert.Equal(ImageFormatReason.Corrupt, e.Reason);
            Assert.Contains("more pixels", e.Message, StringComparison.Ordinal);
        });
        // The raster's 10,000 bytes, zlib's object, the exception.
        Assert.InRange(allocated, 10_000, 60_000);
    }

    [Fact]
    public void Decode_InflatedSizeOverItsLimit_Refused()
    {
        var file = Pictures.Png(Pictures.Header(100, 100, 16, 6), Data(new byte[80_100]), _end);
        Assert.Equal(4, ImageDecoder.Decode(file, new ImageLimits { MaxInflatedBytes = 80_100 }).Channels);
        var e = Assert.Throws<ImageFormatException>(
            () => ImageDecoder.Decode(file, new ImageLimits { MaxInflatedBytes = 80_099 }));
        Assert.Equal((80_100, 80_099), (e.Value, e.Limit));
    }

    [Fact]
    public void Decode_LimitsBeyondWhatArraysHold_StillRefused()
    {
        var limits = new ImageLimits { MaxSide = int.MaxValue, MaxPixels = long.MaxValue, MaxInflatedBytes = long.MaxValue };
        foreach (var (width, height) in new[] { (int.MaxValue, 1), (1 << 24, 1 << 24), (1, int.MaxValue) })
        {
            var file = Pictures.Png(Pictures.Header((uint)width, (uint)height, 16, 6), Data(new byte[9]), _end);
            Assert.Equal(
                ImageFormatReason.LimitExceeded,
                Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file, limits)).Reason);
        }
    }

    [Fact]
    public void Decode_TooManyBytes_RefusedUnread()
    {
        var e = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(new byte[101], new ImageLimits { MaxBytes = 100 }));
        Assert.Equal((ImageFormatReason.LimitExceeded, 101, 100), (e.Reason, e.Value, e.Limit));
    }

    [Fact]
    public void Decode_BytesAfterTheEnd_Ignored() =>
        Assert.Equal(
            [7], ImageDecoder.Decode((byte[])[.. Pictures.Png(Pictures.Header(1, 1), Data([0, 7]), _end), 1, 2, 3]).Pixels);

    private static byte[] Data(byte[] inflated) => Pictures.Chunk("IDAT", Pictures.Deflate(inflated));
}
