namespace CnnViz.Models;

/// <summary>Finds what a misspelt name may have meant.</summary>
public static class NameSuggestions
{
    /// <summary>Beyond this length names are not compared letter by letter, so that a hostile name costs little.</summary>
    private const int MaxCompared = 128;

    /// <summary>The nearest names by edit distance (insertions, deletions, substitutions; case counts half).</summary>
    /// <param name="wrong">The name that was not found.</param>
    /// <param name="names">The names there are.</param>
    /// <param name="count">How many to return at most.</param>
    /// <returns>Best first; ties in the order given. Names further away than half of their length (at least 2) are left
    /// out.</returns>
    public static IReadOnlyList<string> Nearest(string wrong, IEnumerable<string> names, int count = 3)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        ArgumentNullException.ThrowIfNull(names);
        if (wrong.Length is 0 or > MaxCompared)
        {
            return [];
        }

        return [.. names
            .Where(name => name.Length <= MaxCompared)
            .Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: HalfSteps(wrong, name)))
            .Where(candidate => candidate.Distance <= Math.Max(4, Math.Max(wrong.Length, candidate.Name.Length)))
            .OrderBy(candidate => candidate.Distance)
            .Take(count)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>"; did you mean 'a', 'b' or 'c'?", or nothing when nothing is near.</summary>
    public static string Phrase(string wrong, IEnumerable<string> names)
    {
        var nearest = Nearest(wrong, names).Select(name => $"'{name}'").ToArray();
        return nearest.Length switch
        {
            0 => "",
            1 => $"; did you mean {nearest[0]}?",
            _ => $"; did you mean {string.Join(", ", nearest[..^1])} or {nearest[^1]}?",
        };
    }

    /// <summary>Levenshtein's distance in half steps: a step is 2, a change of case alone 1.</summary>
    private static int HalfSteps(string a, string b)
    {
        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = 2 * j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = 2 * i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution =
                    a[i - 1] == b[j - 1] ? 0 : char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 1 : 2;
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 2, previous[j - 1] + substitution);
            }

            current.CopyTo(previous);
        }

        return previous[b.Length];
    }
}
