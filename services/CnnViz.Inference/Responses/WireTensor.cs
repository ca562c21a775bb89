using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Inference.Responses;

/// <summary>A tensor ready to travel: its header, and its bytes cut into chunks.</summary>
internal sealed class WireTensor
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private WireTensor(TensorHeader header, ReadOnlyMemory<byte> bytes)
    {
        Header = header;
        _bytes = bytes;
    }

    public TensorHeader Header { get; }

    /// <param name="name">What the tensor is.</param>
    /// <param name="shape">Extents, outermost first.</param>
    /// <param name="layout">One letter per axis.</param>
    /// <param name="values">Row-major; not to be changed until the last chunk is written.</param>
    public static WireTensor Float32(string name, IEnumerable<int> shape, string layout, ReadOnlySpan<float> values)
    {
        // The wire is little-endian, as every machine .NET runs on here; the span's bytes are the wire's bytes.
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        var header = new TensorHeader
        {
            Name = name,
            Dtype = DataType.Float32,
            Layout = layout,
            ByteLength = (ulong)bytes.Length,
            Sha256 = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(bytes)),
        };
        header.Shape.AddRange(shape.Select(extent => (long)extent));
        return new WireTensor(header, bytes);
    }

    public IEnumerable<TensorChunk> Chunks() =>
        ServiceDefaults.Streaming.Chunks.Of(_bytes)
            .Select(chunk => new TensorChunk { Offset = chunk.Offset, Data = UnsafeByteOperations.UnsafeWrap(chunk.Data) });
}
