namespace CnnViz.Models.Keras;

/// <summary>A run of another source's bytes; owns that source.</summary>
/// <param name="whole">The other source.</param>
/// <param name="offset">First byte in it.</param>
/// <param name="length">Number of bytes, all within it.</param>
internal sealed class SliceByteSource(ByteSource whole, long offset, long length) : ByteSource
{
    public override long Length => length;

    public override void Read(long start, Span<byte> destination)
    {
        if (start < 0 || start > length - destination.Length)
        {
            throw new ModelFormatException($"bytes {start} to {start + destination.Length} lie outside of {length}");
        }

        whole.Read(offset + start, destination);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            whole.Dispose();
        }

        base.Dispose(disposing);
    }
}
