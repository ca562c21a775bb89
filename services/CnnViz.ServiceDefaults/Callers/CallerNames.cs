namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Names of callers: what may be logged, and what no other kind of caller can have.</summary>
internal static class CallerNames
{
    private const int LongestName = 64;
    private const int LongestSubject = 128;

    /// <summary>A name from the settings.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static string Checked(string name, string where) =>
        name.Length is >= 1 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? name
            : throw new InvalidOperationException(
                $"{where}: a caller's name has 1 to {LongestName} of a-z, A-Z, 0-9, '.', '_' and '-'");

    /// <summary>The caller's name of a token's subject; null where that cannot be one.</summary>
    public static string? OfSubject(string? subject) =>
        subject is { Length: >= 1 and <= LongestSubject } && subject.All(c => c is > ' ' and <= '~') ? "jwt:" + subject : null;

    /// <summary>SHA-256 in hex from the settings.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static byte[] Digest(string hex, string where) =>
        hex.Length == 64 && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw new InvalidOperationException($"{where}: the SHA-256 has 64 hex digits");
}
