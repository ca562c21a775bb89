using System.Buffers.Binary;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

/// <summary>Seeded random damage: a decoder either gives a picture within the limits or throws ImageFormatException.</summary>
public sealed class MutationTests
{
    private static readonly ImageLimits _limits = new() { MaxPixels = 1_000_000, MaxSide = 5000 };

    [Fact]
    public void Decode_MutatedPngs_OnlyImageFormatExceptions()
    {
        byte[][] seeds =
        [
            PngEncoder.Encode(Pictures.Smooth(23, 17, 3)),
            PngEncoder.Encode(Pictures.Noise(9, 9, 4)),
            PngEncoder.Encode(Pictures.Smooth(64, 64, 1), new PngOptions { Text = [new("Title", "x")] }),
            Pictures.Png(
                Pictures.Header(5, 5, 2, 3, 1), Pictures.Chunk("PLTE", new byte[12]), Pictures.Chunk("tRNS", 9),
                Pictures.Chunk("IDAT", Pictures.Deflate(new byte[24])), Pictures.Chunk("IEND")),
        ];
        var random = new Random(7);
        var (refused, decoded) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var file = Mutate(seeds[i % seeds.Length], random);
            // Half of the files get their checksums repaired, so that damage reaches what lies behind them.
            if (i % 2 == 0)
                RepairCrcs(file);
            Count(file, ref refused, ref decoded);
        }

        Assert.True(refused > 1000, $"{refused} refused");
        Assert.True(decoded > 10, $"{decoded} decoded");
    }

    [PythonFact]
    public void Decode_MutatedJpegs_OnlyImageFormatExceptions()
    {
        using var reference = Reference.Run("jpegs");
        var seeds = reference.Cases.Select(c => reference.Bytes(c[0] + ".jpg")).ToArray();
        var random = new Random(8);
        var (refused, decoded) = (0, 0);
        for (var i = 0; i < 4000; i++)
            Count(Mutate(seeds[i % seeds.Length], random), ref refused, ref decoded);
        Assert.True(refused > 500, $"{refused} refused");
        Assert.True(decoded > 500, $"{decoded} decoded");
    }

    private static void Count(byte[] file, ref int refused, ref int decoded)
    {
        try
        {
            var raster = ImageDecoder.Decode(file, _limits);
            Assert.InRange(raster.Width * raster.Height, 1, _limits.MaxPixels);
            decoded++;
        }
        catch (ImageFormatException e)
        {
            Assert.NotEqual(ImageFormatReason.DecoderMissing, e.Reason);
            refused++;
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var file = seed.ToList();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            // The signature stays, or nothing behind it would be tested.
            var at = random.Next(8, file.Count);
            switch (random.Next(5))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)(random.Next(2) * 255);
                    break;
                case 2:
                    file.RemoveRange(at, Math.Min(random.Next(1, 9), file.Count - at));
                    break;
                case 3:
                    file.InsertRange(at, file.GetRange(8, random.Next(1, Math.Min(20, file.Count - 8))));
                    break;
                default:
                    file[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. file];
    }

    private static void RepairCrcs(byte[] file)
    {
        for (var offset = 8; offset + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(offset));
            if (length > file.Length - offset - 12)
                return;
            var size = (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(offset + 8 + size), Pictures.PlainCrc(file.AsSpan(offset + 4, 4 + size)));
            offset += 12 + size;
        }
    }
}
