using System.Buffers.Binary;
using System.Numerics;

namespace CnnViz.Models.Hdf5;

/// <summary>The checksum of HDF5's newer structures: Bob Jenkins' lookup3 (2006, public domain), little-endian, seed 0.</summary>
internal static class Lookup3
{
    private const int BlockSize = 12;

    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var a = 0xDEADBEEF + (uint)bytes.Length;
        var (b, c) = (a, a);
        if (bytes.IsEmpty)
        {
            return c;
        }

        while (bytes.Length > BlockSize)
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
            bytes = bytes[BlockSize..];
        }

        Span<byte> last = stackalloc byte[BlockSize];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(block);
        b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        a = (a - c) ^ BitOperations.RotateLeft(c, 4);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 6);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 8);
        b += a;
        a = (a - c) ^ BitOperations.RotateLeft(c, 16);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 19);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 4);
        b += a;
    }
}
