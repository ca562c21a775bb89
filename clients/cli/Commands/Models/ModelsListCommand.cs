using System.CommandLine;
using System.Globalization;
using System.Text;
using CnnViz.Cli.Pull;
using CnnViz.Models;

namespace CnnViz.Cli.Commands.Models;

/// <summary>`models list`: the weights in the model root of this machine.</summary>
internal static class ModelsListCommand
{
    private const int ShownDigits = 12;
    private const double Megabyte = 1e6;

    public static Command Create(SharedOptions shared)
    {
        var root = ModelRoot.Option();
        var command = new Command(
            "list", "List the weights in this machine's model root, with their digests and where they are from.") { root };
        command.SetAction((parsed, cancellation) => CommandRunner.RunLocalAsync(
            parsed,
            shared,
            async output =>
            {
                var folder = ModelRoot.Of(parsed, root);
                var rows = await RowsAsync(folder, cancellation);
                output.Facts(new { Root = folder, Models = rows }, Table(folder, rows));
            },
            cancellation));
        return command;
    }

    private static async Task<List<Row>> RowsAsync(string root, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(root);
        var taken = new ModelStore(root, new ModelStoreLimits(), TimeProvider.System).Models();
        var rows = new List<Row>();
        foreach (var entry in catalog.List().Where(entry => entry.WeightsFile.Length > 0))
        {
            var inRoot = Path.Combine(root, entry.WeightsFile);
            var path = File.Exists(inRoot) ? inRoot : Path.Combine(root, entry.Name, entry.WeightsFile);
            var (origin, bytes, sha256) = taken.TryGetValue(entry.Name, out var manifest)
                ? (manifest.Origin, manifest.Files.Sum(file => file.Bytes), manifest.Files[0].Sha256)
                : PullReceipt.Read(path) is { } receipt ? ("pulled", receipt.Bytes, receipt.Sha256)
                : await HandPlacedAsync(path, cancellation);
            rows.Add(new Row(entry.Name, entry.WeightsFile, bytes, sha256, origin));
        }

        return rows;
    }

    private static async Task<(string Origin, long Bytes, string Sha256)> HandPlacedAsync(
        string path, CancellationToken cancellation)
    {
        var digests = await FileDigests.OfAsync(path, cancellation);
        return ("placed by hand or at set-up", digests.Bytes, digests.Sha256);
    }

    private static string Table(string root, List<Row> rows)
    {
        if (rows.Count == 0)
            return $"There are no weights in {root}. `models pull` lists what can be downloaded.";
        var (names, files) = (rows.Max(row => row.Name.Length), rows.Max(row => row.File.Length));
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row.Name.PadRight(names)}  {row.File.PadRight(files)}  {row.Bytes / Megabyte,7:0.0} MB");
            text.Append("  sha256 ").Append(row.Sha256.AsSpan(0, Math.Min(ShownDigits, row.Sha256.Length)));
            text.Append("…  ").Append(row.Origin).Append('\n');
        }

        return text.Append("in ").Append(root).ToString();
    }

    private sealed record Row(string Name, string File, long Bytes, string Sha256, string Origin);
}
