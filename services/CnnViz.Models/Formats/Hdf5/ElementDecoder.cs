using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CnnViz.Models.Hdf5;

/// <summary>Widens or rounds stored numbers.</summary>
internal static class ElementDecoder
{
    /// <param name="type">A number's type.</param>
    /// <param name="bytes">As many stored elements as there are values.</param>
    /// <param name="values">Takes them, each rounded once.</param>
    public static void ToSingles(Datatype type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        if (type.ElementType == Hdf5ElementType.Float32 && type.IsBigEndian != BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values));
        }
        else
        {
            Convert(type, bytes, values);
        }
    }

    /// <param name="type">A number's type.</param>
    /// <param name="bytes">As many stored elements as there are values.</param>
    /// <param name="values">Takes them.</param>
    public static void ToDoubles(Datatype type, ReadOnlySpan<byte> bytes, Span<double> values) => Convert(type, bytes, values);

    private static void Convert<T>(Datatype type, ReadOnlySpan<byte> bytes, Span<T> values)
        where T : INumberBase<T>
    {
        var swapped = type.IsBigEndian == BitConverter.IsLittleEndian;
        switch (type.ElementType)
        {
            case Hdf5ElementType.Float16: Convert<Half, T>(bytes, swapped, values); break;
            case Hdf5ElementType.BFloat16: FromBFloat16(bytes, type.IsBigEndian, values); break;
            case Hdf5ElementType.Float32: Convert<float, T>(bytes, swapped, values); break;
            case Hdf5ElementType.Float64: Convert<double, T>(bytes, swapped, values); break;
            case Hdf5ElementType.Int8: Convert<sbyte, T>(bytes, swapped, values); break;
            case Hdf5ElementType.UInt8: Convert<byte, T>(bytes, swapped, values); break;
            case Hdf5ElementType.Int16: Convert<short, T>(bytes, swapped, values); break;
            case Hdf5ElementType.UInt16: Convert<ushort, T>(bytes, swapped, values); break;
            case Hdf5ElementType.Int32: Convert<int, T>(bytes, swapped, values); break;
            case Hdf5ElementType.UInt32: Convert<uint, T>(bytes, swapped, values); break;
            case Hdf5ElementType.Int64: Convert<long, T>(bytes, swapped, values); break;
            case Hdf5ElementType.UInt64: Convert<ulong, T>(bytes, swapped, values); break;
            default: throw new ArgumentException($"{type.ElementType} is no number", nameof(type));
        }
    }

    private static void Convert<TStored, T>(ReadOnlySpan<byte> bytes, bool swapped, Span<T> values)
        where TStored : unmanaged, INumberBase<TStored>
        where T : INumberBase<T>
    {
        var size = Unsafe.SizeOf<TStored>();
        Span<byte> element = stackalloc byte[size];
        for (var i = 0; i < values.Length; i++)
        {
            bytes.Slice(i * size, size).CopyTo(element);
            if (swapped)
            {
                element.Reverse();
            }

            values[i] = T.CreateTruncating(MemoryMarshal.Read<TStored>(element));
        }
    }

    private static void FromBFloat16<T>(ReadOnlySpan<byte> bytes, bool bigEndian, Span<T> values)
        where T : INumberBase<T>
    {
        for (var i = 0; i < values.Length; i++)
        {
            var element = bytes[(2 * i)..];
            var upper = bigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(element)
                : BinaryPrimitives.ReadUInt16LittleEndian(element);
            values[i] = T.CreateTruncating(BitConverter.Int32BitsToSingle(upper << 16));
        }
    }
}
