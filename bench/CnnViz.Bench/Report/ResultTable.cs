using System.Globalization;
using System.Text;

namespace CnnViz.Bench.Report;

/// <summary>Results as a Markdown table, which also reads well in a terminal.</summary>
internal static class ResultTable
{
    private static readonly string[] _header =
    [
        "job", "engine", "precision", "ms", "per", "GFLOP/s", "of fp32 peak", "peer", "peer ms", "ratio",
        "pairs: lowest, highest", "MiB",
    ];

    /// <summary>All columns.</summary>
    public static string Whole(IReadOnlyList<BenchResult> results) => Aligned([_header, .. results.Select(Row)]);

    /// <summary>The columns that say how ours compares, of those results that were compared.</summary>
    public static string Comparison(IReadOnlyList<BenchResult> results)
    {
        int[] columns = [0, 2, 3, 5, 6, 7, 8, 9];
        var rows = results.Where(result => result is { Peer: not null, Group: not "scaling" }).Select(Row).Prepend(_header);
        return Aligned([.. rows.Select(row => columns.Select(column => row[column]).ToArray())]);
    }

    private static string[] Row(BenchResult result) =>
    [
        result.Job,
        result.Engine,
        result.Precision,
        Number(result.Ms),
        result.Unit,
        Number(result.NominalGflops),
        result.FractionOfPeak is { } fraction ? fraction.ToString("0.00", CultureInfo.InvariantCulture) : "",
        result.Peer ?? "",
        Number(result.PeerMs),
        result.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
        result.Spread is [var low, var high] ? string.Create(CultureInfo.InvariantCulture, $"{low:0.00}, {high:0.00}") : "",
        result.RssMb is { } memory ? memory.ToString("0", CultureInfo.InvariantCulture) : "",
    ];

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 1000 => value.Value.ToString("0", CultureInfo.InvariantCulture),
        >= 100 => value.Value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => value.Value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    private static string Aligned(IReadOnlyList<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => Math.Max(3, rows.Max(row => row[column].Length))).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            text.AppendJoin(" ", rows[i].Select((cell, column) => "| " + cell.PadRight(widths[column]))).Append(" |\n");
            if (i == 0)
            {
                text.AppendJoin(" ", widths.Select(width => "| " + new string('-', width))).Append(" |\n");
            }
        }

        return text.ToString();
    }
}
