using System.Buffers.Binary;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Imaging.Tests.Codecs;

/// <summary>Seeded random damage: a decoder either gives a picture within the limits or throws ImageFormatException.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private static readonly ImageLimits _limits = new() { MaxPixels = 1_000_000, MaxSide = 5000 };

    [Fact]
    public void Decode_MutatedPngs_OnlyImageFormatExceptions()
    {
        var decoder = new Damaged("PNG", Pngs(), checksums: true);
        for (var seed = 0; seed < 6000; seed++)
            decoder.Round(seed);
        Assert.True(decoder.Refused > 1000, decoder.ToString());
        Assert.True(decoder.Decoded > 10, decoder.ToString());
    }

    [PythonFact]
    public void Decode_MutatedJpegs_OnlyImageFormatExceptions()
    {
        var decoder = new Damaged("JPEG", Jpegs(), checksums: false);
        for (var seed = 0; seed < 4000; seed++)
            decoder.Round(seed);
        Assert.True(decoder.Refused > 500, decoder.ToString());
        Assert.True(decoder.Decoded > 500, decoder.ToString());
    }

    /// <summary>A new decoder needs a row here.</summary>
    [PythonFact]
    [Trait(SoakTime.Category, SoakTime.Soak)]
    public void Decode_MutatedPicturesForLong_OnlyImageFormatExceptions()
    {
        Damaged[] decoders = [new("PNG", Pngs(), checksums: true), new("JPEG", Jpegs(), checksums: false)];

        // Other seeds each time; a failure names its own.
        var seed = Environment.TickCount & int.MaxValue;
        output.WriteLine($"seeds from {seed} on");
        for (var time = new SoakTime(); !time.Over; seed = unchecked(seed + 1) & int.MaxValue)
        {
            foreach (var decoder in decoders)
                decoder.Round(seed);
        }

        Assert.All(decoders, decoder =>
        {
            output.WriteLine(decoder.ToString());
            Assert.True(decoder.Refused > 0 && decoder.Decoded > 0, decoder.ToString());
        });
    }

    private static byte[][] Pngs() =>
    [
        PngEncoder.Encode(Pictures.Smooth(23, 17, 3)),
        PngEncoder.Encode(Pictures.Noise(9, 9, 4)),
        PngEncoder.Encode(Pictures.Smooth(64, 64, 1), new PngOptions { Text = [new("Title", "x")] }),
        Pictures.Png(
            Pictures.Header(5, 5, 2, 3, 1), Pictures.Chunk("PLTE", new byte[12]), Pictures.Chunk("tRNS", 9),
            Pictures.Chunk("IDAT", Pictures.Deflate(new byte[24])), Pictures.Chunk("IEND")),
    ];

    private static byte[][] Jpegs()
    {
        using var reference = Reference.Run("jpegs");
        return [.. reference.Cases.Select(c => reference.Bytes(c[0] + ".jpg"))];
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
            BinaryPrimitives.WriteUInt32BigEndian(
                file.AsSpan(offset + 8 + size), Pictures.PlainCrc(file.AsSpan(offset + 4, 4 + size)));
            offset += 12 + size;
        }
    }

    /// <summary>A decoder, valid files to damage, and what became of them.</summary>
    private sealed class Damaged(string name, byte[][] seeds, bool checksums)
    {
        public int Decoded { get; private set; }

        public int Refused { get; private set; }

        /// <summary>Damages one of the files and decodes it; the same seed does the same.</summary>
        public void Round(int seed)
        {
            var random = new Random(seed);
            var file = Mutate(seeds[random.Next(seeds.Length)], random);

            // Half of the files get their checksums repaired, so that damage reaches what lies behind them.
            if (checksums && random.Next(2) == 0)
                RepairCrcs(file);
            try
            {
                var raster = ImageDecoder.Decode(file, _limits);
                Assert.True((long)raster.Width * raster.Height <= _limits.MaxPixels, $"{name}, seed {seed}: too large");
                Decoded++;
            }
            catch (ImageFormatException e)
            {
                Assert.True(e.Reason != ImageFormatReason.DecoderMissing, $"{name}: the decoder is missing");
                Refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"{name}, seed {seed}: {e.GetType().Name} escaped", e);
            }
        }

        public override string ToString() => $"{name}: {Decoded} decoded, {Refused} refused";
    }
}
