using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.V1;

namespace CnnViz.Render.Upstream;

/// <summary>A tensor as received: its header and float32 values, row-major.</summary>
internal sealed record ReceivedTensor(TensorHeader Header, float[] Values)
{
    public IReadOnlyList<int> Shape { get; } = [.. Header.Shape.Select(extent => checked((int)extent))];
}

/// <summary>Puts a tensor together from its header and chunks, and checks length, order and checksum.</summary>
internal sealed class TensorReader
{
    /// <summary>Largest tensor taken in, in bytes (512 MiB): VGG16's largest kernel is 411 MB.</summary>
    public const long MaxBytes = 512L * 1024 * 1024;

    private TensorHeader? _header;
    private float[] _values = [];
    private int _filled;

    /// <summary>True while bytes of the announced tensor are missing.</summary>
    public bool Incomplete => _header is not null;

    /// <summary>Begins a tensor.</summary>
    /// <exception cref="InvalidDataException">The last tensor is incomplete, or the header makes no sense.</exception>
    public void Begin(TensorHeader header)
    {
        if (_header is not null)
        {
            throw new InvalidDataException($"'{header.Name}' begins while bytes of '{_header.Name}' are missing");
        }

        var elements = header.Shape.Aggregate(1L, (product, extent) => checked(product * extent));
        if (header.Dtype != DataType.Float32 || header.ByteLength > MaxBytes || (ulong)elements * 4 != header.ByteLength)
        {
            throw new InvalidDataException(
                $"'{header.Name}' has {header.ByteLength} bytes of {header.Dtype} for {elements} elements");
        }

        _header = header;
        _values = new float[elements];
        _filled = 0;
    }

    /// <summary>Takes the next chunk; returns the tensor when it is whole, else null.</summary>
    /// <exception cref="InvalidDataException">The chunk does not follow, is too long, or the checksum differs.</exception>
    public ReceivedTensor? Add(TensorChunk chunk)
    {
        var bytes = MemoryMarshal.AsBytes(_values.AsSpan());
        if (_header is null || chunk.Offset != (ulong)_filled || chunk.Data.Length > bytes.Length - _filled)
        {
            throw new InvalidDataException($"a chunk at {chunk.Offset} does not follow {_filled} bytes");
        }

        chunk.Data.Span.CopyTo(bytes[_filled..]);
        _filled += chunk.Data.Length;
        if (_filled < bytes.Length)
        {
            return null;
        }

        if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(_header.Sha256.Span))
        {
            throw new InvalidDataException($"the checksum of '{_header.Name}' differs");
        }

        var tensor = new ReceivedTensor(_header, _values);
        _header = null;
        return tensor;
    }
}
