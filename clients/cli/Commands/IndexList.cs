using System.CommandLine.Parsing;
using System.Globalization;

namespace CnnViz.Cli.Commands;

/// <summary>Index lists as people type them: "0-63,70".</summary>
internal static class IndexList
{
    /// <summary>Most indices one list may hold; the contract takes at most 512 filters a call.</summary>
    public const int MaxCount = 512;

    /// <summary>Reads numbers and upward ranges (both ends included), separated by commas, in the order given.</summary>
    /// <exception cref="FormatException">A part is neither a number nor an upward range, a number repeats, or there are more than
    /// <see cref="MaxCount"/>; the message names the part.</exception>
    public static IReadOnlyList<int> Parse(string text)
    {
        var seen = new HashSet<int>();
        var list = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (first, last) = Range(part);
            if (last < first)
                throw new FormatException($"'{part}' goes downwards; write {last}-{first}");
            if (last - (long)first >= MaxCount - list.Count)
                throw new FormatException($"'{text}' holds more than {MaxCount} indices");
            for (var index = first; index <= last; index++)
            {
                if (!seen.Add(index))
                    throw new FormatException($"'{text}' holds {index} twice");
                list.Add(index);
            }
        }

        return list;
    }

    /// <summary>For System.CommandLine: the first value as a list, a usage error if it is none.</summary>
    public static IReadOnlyList<int> ParseArgument(ArgumentResult result)
    {
        try
        {
            return Parse(result.Tokens[0].Value);
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return [];
        }
    }

    private static (int First, int Last) Range(string part)
    {
        var dash = part.IndexOf('-', StringComparison.Ordinal);
        return dash < 0
            ? (Number(part, part), Number(part, part))
            : (Number(part[..dash], part), Number(part[(dash + 1)..], part));
    }

    private static int Number(string digits, string part) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{part}' is neither a number nor a range such as 0-63");
}
