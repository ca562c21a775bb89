using System.Security.Cryptography;
using CnnViz.Cli.Streams;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cli.Tests.Streams;

public class PictureAssemblerTests
{
    private static readonly byte[] _bytes = [.. Enumerable.Range(0, 10).Select(value => (byte)value)];

    [Fact]
    public void Add_AllChunks_PictureWithTheLast()
    {
        var assembler = new PictureAssembler();
        assembler.Begin(Header());

        Assert.Null(assembler.Add(Chunk(0, _bytes[..4])));
        var picture = assembler.Add(Chunk(4, _bytes[4..]));

        Assert.Equal(_bytes, picture!.Data.ToArray());
        assembler.RequireComplete();
    }

    [Fact]
    public void Add_ChunkTwice_Refused()
    {
        var assembler = new PictureAssembler();
        assembler.Begin(Header());
        assembler.Add(Chunk(0, _bytes[..4]));

        Assert.Throws<DamagedStreamException>(() => assembler.Add(Chunk(0, _bytes[..4])));
    }

    [Fact]
    public void Add_MoreThanAnnounced_Refused()
    {
        var assembler = new PictureAssembler();
        assembler.Begin(Header());

        Assert.Throws<DamagedStreamException>(() => assembler.Add(Chunk(0, [.. _bytes, 1])));
    }

    [Fact]
    public void Add_BitFlipped_Refused()
    {
        var assembler = new PictureAssembler();
        assembler.Begin(Header());
        byte[] flipped = [.. _bytes];
        flipped[3] ^= 1;

        Assert.Throws<DamagedStreamException>(() => assembler.Add(Chunk(0, flipped)));
    }

    [Fact]
    public void Add_BeforeAHeader_Refused() =>
        Assert.Throws<DamagedStreamException>(() => new PictureAssembler().Add(Chunk(0, _bytes)));

    [Fact]
    public void RequireComplete_InsideAPicture_Refused()
    {
        var assembler = new PictureAssembler();
        assembler.Begin(Header());

        Assert.Throws<DamagedStreamException>(assembler.RequireComplete);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void Begin_AbsurdLength_RefusedBeforeAllocation(ulong length) =>
        Assert.Throws<DamagedStreamException>(() => new PictureAssembler().Begin(new PictureHeader { ByteLength = length }));

    private static PictureHeader Header() => new()
    {
        Name = "Add",
        ByteLength = (ulong)_bytes.Length,
        Sha256 = ByteString.CopyFrom(SHA256.HashData(_bytes)),
    };

    private static PictureChunk Chunk(ulong offset, byte[] data) => new() { Offset = offset, Data = ByteString.CopyFrom(data) };
}
