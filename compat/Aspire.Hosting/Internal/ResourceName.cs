namespace Aspire.Hosting.Internal;

/// <summary>The rule for resource names: they become host names and parts of environment variables.</summary>
internal static class ResourceName
{
    private const int MaxLength = 64;

    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var wellFormed = name.Length <= MaxLength
            && char.IsAsciiLetter(name[0])
            && name[^1] != '-'
            && !name.Contains("--", StringComparison.Ordinal)
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!wellFormed)
            throw new ArgumentException(
                $"Resource name '{name}' is invalid: it must be 1 to {MaxLength} ASCII letters, digits and single hyphens, "
                + "start with a letter and not end with a hyphen.",
                nameof(name));
    }

    /// <summary>The form a name takes inside an environment variable.</summary>
    public static string ToEnvironmentPrefix(string name) => name.Replace('-', '_').ToUpperInvariant();
}
