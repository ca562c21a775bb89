using System.Buffers;
using System.Security.Cryptography;

namespace CnnViz.Models;

/// <summary>SHA-256 of a file's bytes.</summary>
internal static class FileSha256
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads a file to its end.</summary>
    /// <returns>Lower-case hex.</returns>
    /// <exception cref="ModelFormatException">It cannot be read; the message names it.</exception>
    public static string Of(string path)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int count; (count = file.Read(buffer, 0, BufferBytes)) > 0;)
            {
                hash.AppendData(buffer, 0, count);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"'{Path.GetFileName(path)}' cannot be read: {e.GetType().Name}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
