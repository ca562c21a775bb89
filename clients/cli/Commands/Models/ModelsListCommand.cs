using System.CommandLine;
using System.Globalization;
using System.Text;
using CnnViz.Models;

namespace CnnViz.Cli.Commands.Models;

/// <summary>`models list`: the weights in the model root of this machine.</summary>
internal static class ModelsListCommand
{
    /// <summary>As many digits as captions show.</summary>
    private const int ShownDigits = 8;
    private const double Kilobyte = 1e3;
    private const double Megabyte = 1e6;

    public static Command Create(SharedOptions shared)
    {
        var root = ModelRoot.Option();
        var command = new Command(
            "list",
            "List the weights in this machine's model root, read and checked: with the digest that captions and answers show, and "
            + "where they are from.") { root };
        command.SetAction((parsed, cancellation) => CommandRunner.RunLocalAsync(
            parsed,
            shared,
            output =>
            {
                var folder = ModelRoot.Of(parsed, root);
                var rows = Rows(folder, cancellation);
                output.Facts(new { Root = folder, Models = rows }, Table(folder, rows));
                return Task.CompletedTask;
            },
            cancellation));
        return command;
    }

    private static List<Row> Rows(string root, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(root);
        var taken = new ModelStore(root, new ModelStoreLimits(), TimeProvider.System).Models();
        var rows = new List<Row>();
        foreach (var entry in catalog.List().Where(entry => entry.WeightsFile.Length > 0))
        {
            cancellation.ThrowIfCancellationRequested();
            var inRoot = Path.Combine(root, entry.WeightsFile);
            var path = File.Exists(inRoot) ? inRoot : Path.Combine(root, entry.Name, entry.WeightsFile);
            var origin = taken.TryGetValue(entry.Name, out var manifest) ? manifest.Origin
                : WeightReceipt.Read(path) is { } receipt ? (receipt.Downloaded ? "pulled" : "placed by hand, checked")
                : "placed by hand or at set-up";
            try
            {
                var graph = catalog.Load(entry.Name);
                rows.Add(new Row(entry.Name, graph.WeightsFile, graph.Weights.StoredBytes, graph.Digest, origin, Problem: ""));
            }
            catch (ModelFormatException e)
            {
                rows.Add(new Row(entry.Name, entry.WeightsFile, 0, "", origin, e.Message));
            }
        }

        return rows;
    }

    private static string Table(string root, List<Row> rows)
    {
        if (rows.Count == 0)
            return $"There are no weights in {root}. `models pull` lists what can be downloaded.";
        var (names, files) = (rows.Max(row => row.Name.Length), rows.Max(row => row.File.Length));
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(row.Name.PadRight(names)).Append("  ").Append(row.File.PadRight(files)).Append("  ");
            text.Append(row.Problem.Length > 0
                ? $"cannot be used: {row.Problem}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Size(row.Bytes),8} of weights  sha256 {row.Digest.AsSpan(0, ShownDigits)}…  {row.Origin}"));
            text.Append('\n');
        }

        return text.Append("in ").Append(root).ToString();
    }

    private static string Size(long bytes) => bytes < Megabyte
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / Kilobyte:0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:0.0} MB");

    private sealed record Row(string Name, string File, long Bytes, string Digest, string Origin, string Problem);
}
