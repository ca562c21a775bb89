using System.Buffers.Binary;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>Seeded damage to a binary file: bit flips, wrong bytes, huge numbers, cuts, splices of its own parts.</summary>
internal static class FileMutation
{
    /// <summary>Values that lengths, counts and addresses are likely to be mistaken at.</summary>
    private static readonly long[] _odd =
    [
        0, 1, -1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, int.MaxValue, uint.MaxValue, int.MinValue,
        long.MaxValue, 1L << 40,
    ];

    public static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] copy = [.. bytes];
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            // Structures lie at the front and weights, which no damage can break, behind them.
            var at = random.Next(3) == 0 ? random.Next(copy.Length) : random.Next(Math.Min(copy.Length, 8192));
            switch (random.Next(7))
            {
                case 0: copy[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: copy[at] = (byte)random.Next(256); break;
                case 2: Number(copy, at, _odd[random.Next(_odd.Length)], random); break;
                case 3: Number(copy, at, random.Next(copy.Length), random); break;
                case 4: Number(copy, at, copy[at] + random.Next(-16, 17), random); break;
                case 5 when random.Next(8) == 0: copy = copy[..(at + 1)]; break;
                case 5: copy[at] = 0xFF; break;
                default:
                    var from = random.Next(copy.Length);
                    var length = random.Next(1, 1 + Math.Min(64, copy.Length - Math.Max(at, from)));
                    copy.AsSpan(from, length).CopyTo(copy.AsSpan(at));
                    break;
            }
        }

        return copy;
    }

    /// <summary>Writes a number of 1, 2, 4 or 8 bytes, cut off at the file's end.</summary>
    private static void Number(byte[] bytes, int at, long value, Random random)
    {
        // Most fields are aligned.
        var size = 1 << random.Next(4);
        at = random.Next(4) == 0 ? at : at / size * size;
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        number[..Math.Min(size, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
    }
}
