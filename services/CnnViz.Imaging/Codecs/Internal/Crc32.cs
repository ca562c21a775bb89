using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// The CRC of PNG chunks (ISO 3309, reflected polynomial 0xEDB88320), eight bytes a step: table k holds the CRC of a byte
/// followed by k zero bytes, so that eight look-ups advance the register by eight bytes.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[][] _tables = MakeTables();

    /// <summary>Continues <paramref name="crc"/> (0 at the start) over <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        uint[] t0 = _tables[0], t1 = _tables[1], t2 = _tables[2], t3 = _tables[3];
        uint[] t4 = _tables[4], t5 = _tables[5], t6 = _tables[6], t7 = _tables[7];
        var register = ~crc;
        for (; data.Length >= 8; data = data[8..])
        {
            var low = register ^ BinaryPrimitives.ReadUInt32LittleEndian(data);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            register = t7[(byte)low] ^ t6[(byte)(low >> 8)] ^ t5[(byte)(low >> 16)] ^ t4[low >> 24]
                ^ t3[(byte)high] ^ t2[(byte)(high >> 8)] ^ t1[(byte)(high >> 16)] ^ t0[high >> 24];
        }

        foreach (var value in data)
            register = t0[(byte)(register ^ value)] ^ (register >> 8);
        return ~register;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var k = 0; k < tables.Length; k++)
            tables[k] = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? Polynomial ^ (c >> 1) : c >> 1;
            tables[0][n] = c;
        }

        for (var k = 1; k < tables.Length; k++)
        {
            for (var n = 0; n < 256; n++)
                tables[k][n] = tables[0][(byte)tables[k - 1][n]] ^ (tables[k - 1][n] >> 8);
        }

        return tables;
    }
}
