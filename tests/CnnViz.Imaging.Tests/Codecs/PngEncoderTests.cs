using System.IO.Compression;
using System.Text;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Encode_AnyChannels_DecodesToSamePixels(int channels)
    {
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            foreach (var raster in new[] { Pictures.Noise(1, 1, channels), Pictures.Smooth(301, 203, channels), Pictures.Noise(70, 1100, channels) })
            {
                var decoded = ImageDecoder.Decode(PngEncoder.Encode(raster, new PngOptions { Compression = level }));
                Assert.Equal((raster.Width, raster.Height, raster.Channels), (decoded.Width, decoded.Height, decoded.Channels));
                Assert.Equal(raster.Pixels, decoded.Pixels);
            }
        }
    }

    [Fact]
    public void Encode_ToStream_WritesTheSameBytesAndLeavesItOpen()
    {
        var raster = Pictures.Smooth(40, 30, 3);
        using var stream = new MemoryStream();
        PngEncoder.Encode(raster, stream);
        Assert.Equal(PngEncoder.Encode(raster), stream.ToArray());
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public void Encode_SlowerLevel_IsSmallerOnAGrainyPicture()
    {
        var raster = Pictures.Smooth(300, 300, 3);
        var noise = new Random(3);
        for (var i = 0; i < raster.Pixels.Length; i++)
            raster.Pixels[i] += (byte)noise.Next(6);
        var fast = PngEncoder.Encode(raster).Length;
        var small = PngEncoder.Encode(raster, new PngOptions { Compression = CompressionLevel.SmallestSize }).Length;
        Assert.True(small < fast, $"{small} and {fast}");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" Title")]
    [InlineData("Two  spaces")]
    [InlineData("Ta\tb")]
    [InlineData("Δ")]
    public void Encode_BadKeyword_Refused(string keyword)
    {
        var options = new PngOptions { Text = [new(keyword, "x")] };
        Assert.Throws<ArgumentException>(() => PngEncoder.Encode(Pictures.Noise(1, 1, 1), options));
    }

    [Fact]
    public void Encode_TextWithZero_KeepsTheFieldWhole()
    {
        var file = PngEncoder.Encode(Pictures.Noise(1, 1, 1), new PngOptions { Text = [new("Title", "a\0b")] });
        Assert.Contains("Title\0ab", Encoding.Latin1.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Crc_AnyLength_EqualsDefinition()
    {
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));
        var data = Pictures.Noise(100, 1, 1).Pixels;
        for (var length = 0; length <= data.Length; length++)
        {
            Assert.Equal(Pictures.PlainCrc(data.AsSpan(0, length)), Crc32.Append(0, data.AsSpan(0, length)));
            Assert.Equal(Pictures.PlainCrc(data), Crc32.Append(Crc32.Append(0, data.AsSpan(0, length)), data.AsSpan(length)));
        }
    }
}
