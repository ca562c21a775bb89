using System.Buffers.Binary;

namespace CnnViz.Inference.Responses;

/// <summary>Names of runs: 26 characters that sort by time.</summary>
internal static class RunIds
{
    // Crockford's base 32: digits and letters that cannot be confused with each other.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    /// <summary>A version 7 UUID (48 bits of milliseconds, then random bits) in base 32.</summary>
    public static string Next(TimeProvider time)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(time.GetUtcNow()).TryWriteBytes(bytes, bigEndian: true, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(Length, value, (text, rest) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }
}
