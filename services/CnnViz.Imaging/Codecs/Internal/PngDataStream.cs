using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>Reads the data of consecutive, already checked chunks as one stream.</summary>
internal sealed class PngDataStream(ReadOnlyMemory<byte> chunks) : Stream
{
    private ReadOnlyMemory<byte> _data;
    private ReadOnlyMemory<byte> _rest = chunks;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        // Chunks may be empty.
        while (_data.IsEmpty && !_rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_rest.Span);
            _data = _rest.Slice(8, length);
            _rest = _rest[(length + PngChunk.Overhead)..];
        }

        var count = Math.Min(buffer.Length, _data.Length);
        _data.Span[..count].CopyTo(buffer);
        _data = _data[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
