using System.Security.Cryptography;
using CnnViz.Cache.Tests.Support;
using CnnViz.Cache.Values;

namespace CnnViz.Cache.Tests;

/// <summary>Stored values: whatever lies in the store, the decoder gives what was encoded or nothing.</summary>
public sealed class ValueTests
{
    private const long Most = 10_000_000;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1024 * 1024, true)]
    [InlineData((1024 * 1024) + 1, true)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public void Encode_AnyLength_DecodesToTheSame(int length, bool noise)
    {
        var value = Value(length, noise);
        var address = Answers.Address("value");
        var (manifest, chunks) = ValueCodec.Encode(address, Guid.NewGuid(), value);
        var read = ValueManifest.TryRead(manifest.ToBytes(), address, Most)!;

        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, ValueCodec.ChunkBytes));
        Assert.Equal(value.Length, read.PlainLength);
        Assert.Equal(manifest.Generation, read.Generation);
        var decoded = new byte[length];
        var offset = 0;
        foreach (var (entry, chunk) in read.Chunks.Zip(chunks))
        {
            Assert.True(ValueCodec.TryDecode(entry, chunk, decoded.AsSpan(offset, entry.PlainLength)));
            offset += entry.PlainLength;
        }

        Assert.Equal(value, decoded);
        Assert.Equal(noise, read.Chunks.All(chunk => chunk.Coding == ChunkCoding.Plain));
    }

    [Fact]
    public void TryRead_EveryBitFlippedAndEveryTruncation_Refused()
    {
        var address = Answers.Address("value");
        var bytes = ValueCodec.Encode(address, Guid.NewGuid(), Value(2_000_000, noise: true)).Manifest.ToBytes();
        Assert.NotNull(ValueManifest.TryRead(bytes, address, Most));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(ValueManifest.TryRead(bytes, address, Most));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(ValueManifest.TryRead(bytes.AsSpan(0, length), address, Most));
        }

        Assert.Null(ValueManifest.TryRead([.. bytes, 0], address, Most));
        Assert.Null(ValueManifest.TryRead(bytes, Answers.Address("another"), Most));
        Assert.Null(ValueManifest.TryRead(bytes, address, 1_999_999));
    }

    [Fact]
    public void TryRead_RandomFieldsUnderARightChecksum_NeverThrowsAndStaysWithinTheLimits()
    {
        var random = new Random(5);
        var address = Answers.Address("value");
        var intact = ValueCodec.Encode(address, Guid.NewGuid(), Value(2_000_000, noise: true)).Manifest.ToBytes();
        var (taken, refused) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = intact[..^32];
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(52, bytes.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
            var manifest = ValueManifest.TryRead([.. bytes[..length], .. SHA256.HashData(bytes[..length])], address, Most);
            if (manifest is null)
            {
                refused++;
                continue;
            }

            taken++;
            Assert.InRange(manifest.PlainLength, 0, Most);
            Assert.All(manifest.Chunks, chunk => Assert.InRange(chunk.StoredLength, 1, ValueCodec.ChunkBytes));
        }

        Assert.True(taken > 0 && refused > 0, $"{taken} taken, {refused} refused");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryDecode_DamagedChunks_Refused(bool noise)
    {
        var random = new Random(6);
        var (manifest, chunks) = ValueCodec.Encode(Answers.Address("value"), Guid.NewGuid(), Value(5000, noise));
        var (entry, chunk) = (manifest.Chunks[0], chunks[0]);
        var plain = new byte[entry.PlainLength];
        Assert.True(ValueCodec.TryDecode(entry, chunk, plain));
        for (var round = 0; round < 2000; round++)
        {
            var damaged = chunk.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            Assert.False(ValueCodec.TryDecode(entry, damaged, plain));
            Assert.False(ValueCodec.TryDecode(entry, chunk.AsSpan(0, random.Next(chunk.Length)), plain));

            // Damage that carries its own right checksum: whoever wrote it did not write this coding.
            var forged = entry with { Coding = ChunkCoding.Brotli, Sha256 = SHA256.HashData(damaged) };
            if (ValueCodec.TryDecode(forged, damaged, plain))
            {
                Assert.False(noise);
            }
        }
    }

    [Fact]
    public void TryDecode_FramesOfAnything_MessagesOrNothing()
    {
        var answer = Answers.Make(1, chunkBytes: 300);
        var bytes = FrameCodec<V1.FeatureMapsResponse>.Encode(answer);
        Answers.Same(answer, FrameCodec<V1.FeatureMapsResponse>.TryDecode(bytes)!);
        Assert.Null(FrameCodec<V1.FeatureMapsResponse>.TryDecode([]));
        var random = new Random(7);
        for (var round = 0; round < 5000; round++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var decoded = FrameCodec<V1.FeatureMapsResponse>.TryDecode(damaged[..random.Next(1, damaged.Length)]);
            Assert.True(decoded is null or { Count: > 0 });
        }
    }

    private static byte[] Value(int length, bool noise)
    {
        var value = new byte[length];
        if (noise)
        {
            new Random(length).NextBytes(value);
        }

        return value;
    }
}
