using System.Security.Cryptography;
using System.Text;

namespace Aspire.Dashboard.Security;

/// <summary>Makes and compares what must not be guessed.</summary>
internal static class Secrets
{
    /// <summary>128 random bits in hexadecimal digits.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Compares in a time that does not tell where the two differ, nor how long the right one is.</summary>
    public static bool AreEqual(string given, string right)
        => CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(right)));
}
