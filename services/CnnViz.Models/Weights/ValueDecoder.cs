using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CnnViz.Models;

/// <summary>Widens stored values to float32.</summary>
internal static class ValueDecoder
{
    /// <param name="tensor">How the values are stored.</param>
    /// <param name="bytes">Little-endian stored values.</param>
    /// <param name="values">As many values as <paramref name="bytes"/> holds.</param>
    public static void Decode(StoredTensor tensor, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (tensor.Type)
        {
            case StoredType.Float32 when BitConverter.IsLittleEndian:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case StoredType.Float32:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                }

                break;
            case StoredType.Float64:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                }

                break;
            case StoredType.Float16:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                }

                break;
            case StoredType.BFloat16:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }

                break;
            case StoredType.UInt8:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Affine(tensor, bytes[i]);
                }

                break;
            case StoredType.UInt16:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Affine(tensor, BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]));
                }

                break;
            case StoredType.Int32:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
                }

                break;
            case StoredType.Bool:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = bytes[i] == 0 ? 0 : 1;
                }

                break;
            default:
                throw new ModelFormatException($"tensor '{tensor.Key}' is stored as {tensor.Type}, which has no decoder");
        }
    }

    /// <summary>In double precision, as TensorFlow.js computes it, then rounded once to float32.</summary>
    private static float Affine(StoredTensor tensor, int stored)
    {
        var value = (stored * tensor.Scale) + tensor.Minimum;
        return (float)(tensor.Rounded ? Math.Round(value) : value);
    }
}
