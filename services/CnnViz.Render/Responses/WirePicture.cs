using System.Security.Cryptography;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Render.Responses;

/// <summary>A finished picture ready to travel: its header, and its bytes cut into chunks.</summary>
internal sealed class WirePicture
{
    private readonly ReadOnlyMemory<byte> _file;

    public WirePicture(string name, Pictures.FinishedPicture picture, Execution? execution)
    {
        _file = picture.File;
        Header = new PictureHeader
        {
            Name = name,
            MediaType = picture.MediaType,
            Width = picture.Width,
            Height = picture.Height,
            ByteLength = (ulong)picture.File.Length,
            Sha256 = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(picture.File)),
            Caption = picture.Caption,
            Columns = picture.Columns,
            Tiles = picture.Tiles,
            Execution = execution,
        };
    }

    public PictureHeader Header { get; }

    public IEnumerable<PictureChunk> Chunks() =>
        ServiceDefaults.Streaming.Chunks.Of(_file)
            .Select(chunk => new PictureChunk { Offset = chunk.Offset, Data = UnsafeByteOperations.UnsafeWrap(chunk.Data) });
}
