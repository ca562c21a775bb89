using System.Buffers.Binary;
using System.Text;

namespace CnnViz.Models.Onnx;

/// <summary>
/// A file's bytes behind a small window, with a budget for what is looked at: weights are skipped, not read, so that the
/// structure of a real network is a few megabytes whatever its weights take, and a file made to be endless is refused.
/// </summary>
internal sealed class WireBytes(ByteSource source)
{
    /// <summary>Most bytes of structure (tags, numbers and names; not tensor data).</summary>
    public const long MaxStructure = 64L * 1024 * 1024;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _window = new byte[16 * 1024];
    private long _start;
    private int _count;
    private long _spent;

    public long Length => source.Length;

    public byte Byte(long offset)
    {
        Spend(1);
        if (offset < _start || offset >= _start + _count)
        {
            _start = offset;
            _count = (int)Math.Min(_window.Length, source.Length - offset);
            source.Read(offset, _window.AsSpan(0, _count));
        }

        return _window[offset - _start];
    }

    public ulong Fixed(long offset, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        for (var i = 0; i < size; i++)
        {
            bytes[i] = Byte(offset + i);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <exception cref="ModelFormatException">The bytes are no valid UTF-8.</exception>
    public string Text(long offset, int length)
    {
        Spend(length);
        var bytes = new byte[length];
        source.Read(offset, bytes);
        try
        {
            return _utf8.GetString(bytes);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"the text at byte {offset} is not valid UTF-8", e);
        }
    }

    private void Spend(long bytes)
    {
        _spent += bytes;
        if (_spent > MaxStructure)
        {
            throw new ModelFormatException($"its structure takes more than {MaxStructure} bytes");
        }
    }
}
