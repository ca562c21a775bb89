namespace CnnViz.Bench.Report;

/// <summary>The table in the README, which is made from the committed results and from nothing else.</summary>
internal static class ReadmeTable
{
    public const string Begin = "<!-- bench: written by ./cnnviz bench from bench/results/latest.json -->";
    public const string End = "<!-- /bench -->";

    /// <summary>What stands between the marks.</summary>
    public static string Render(IReadOnlyList<BenchResult> results)
    {
        var peak = Measuring.PeakJob.Of(results);
        var machine = results.Select(result => result.Machine).FirstOrDefault(machine => machine.Length > 0) ?? "unknown machine";
        var lines = FormattableString.Invariant($"\nOne run on {machine}; measured fp32 peak {peak:0} GFLOP/s.\n\n");
        return lines + ResultTable.Comparison(results) + "\n";
    }

    /// <summary>The text between the marks; null where they are not both there.</summary>
    public static string? Find(string readme)
    {
        var (start, end) = Marks(readme);
        return start < 0 || end < 0 ? null : readme[start..end];
    }

    /// <summary>The README with another table.</summary>
    /// <exception cref="InvalidOperationException">It lacks the marks.</exception>
    public static string Replace(string readme, IReadOnlyList<BenchResult> results)
    {
        var (start, end) = Marks(readme);
        return start < 0 || end < 0
            ? throw new InvalidOperationException($"README.md lacks the lines '{Begin}' and '{End}'")
            : readme[..start] + Render(results) + readme[end..];
    }

    private static (int Start, int End) Marks(string readme)
    {
        var begin = readme.IndexOf(Begin + "\n", StringComparison.Ordinal);
        var start = begin < 0 ? -1 : begin + Begin.Length + 1;
        return (start, start < 0 ? -1 : readme.IndexOf(End, start, StringComparison.Ordinal));
    }
}
