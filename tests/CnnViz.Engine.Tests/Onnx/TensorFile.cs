using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Tests.Onnx;

/// <summary>A TensorProto of a conformance test's data, read independently of the product's reader.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Type">onnx.proto's DataType.</param>
/// <param name="Values">The values of a float32 tensor; empty for other types.</param>
internal sealed record TensorFile(string Name, int[] Shape, int Type, float[] Values)
{
    public static TensorFile Read(byte[] bytes)
    {
        var (name, type, values) = ("", 0, Array.Empty<float>());
        var shape = new List<int>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            if ((tag & 7) == 0)
            {
                var value = Varint(bytes, ref at);
                switch (tag >> 3)
                {
                    case 1: shape.Add((int)value); break;
                    case 2: type = (int)value; break;
                }

                continue;
            }

            if ((tag & 7) == 5)
            {
                values = [.. values, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at))];
                at += 4;
                continue;
            }

            var length = (int)Varint(bytes, ref at);
            var content = bytes.AsSpan(at, length);
            at += length;
            switch (tag >> 3)
            {
                case 1:
                    for (var i = 0; i < length;)
                    {
                        shape.Add((int)Varint(content, ref i));
                    }

                    break;
                case 8: name = System.Text.Encoding.UTF8.GetString(content); break;
                case 4: values = MemoryMarshal.Cast<byte, float>(content).ToArray(); break;
                case 9 when type is 0 or 1: values = MemoryMarshal.Cast<byte, float>(content[..(length / 4 * 4)]).ToArray(); break;
            }
        }

        return new TensorFile(name, [.. shape], type, type == 1 ? values : []);
    }

    /// <summary>
    /// A model with tensors bound to its inputs: appended as initializers of a second graph message, which protobuf merges with
    /// the first.
    /// </summary>
    /// <param name="model">The model file.</param>
    /// <param name="tensors">TensorProtos that bear the inputs' names.</param>
    public static byte[] Bind(byte[] model, IEnumerable<byte[]> tensors) =>
        [.. model, .. tensors.SelectMany(tensor => Delimited(7, Delimited(5, tensor)))];

    private static byte[] Delimited(int field, byte[] content)
    {
        var head = new List<byte> { (byte)((field << 3) | 2) };
        for (var length = (uint)content.Length; ; length >>= 7)
        {
            head.Add((byte)(length < 0x80 ? length : (length & 0x7F) | 0x80));
            if (length < 0x80)
            {
                return [.. head, .. content];
            }
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
