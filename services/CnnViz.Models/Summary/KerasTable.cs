using System.Globalization;
using System.Text;

namespace CnnViz.Models;

/// <summary>
/// Keras 2's plain-text summary, to the character: 65 columns with stops at 45 % and 85 % for sequential models, 98 columns with
/// stops at 33 %, 55 % and 67 % and a "Connected to" column for others; a field that is too long is cut off at its stop, and
/// columns touch with one blank between them. Lines are padded to the full width and end with a line feed.
/// </summary>
internal static class KerasTable
{
    private static readonly string[] _headings = ["Layer (type)", "Output Shape", "Param #", "Connected to"];

    public static string Write(ModelSummary summary, SummaryTextOptions options)
    {
        var sequential = summary.IsSequential;
        int[] stops = sequential ? [29, 55, 65] : [32, 53, 65, 98];
        var width = stops[^1];
        var text = new StringBuilder();
        if (options.ModelLine)
        {
            Line(text, $"Model: \"{summary.ModelName}\"");
        }

        Line(text, new string('_', width));
        Row(text, stops, _headings);
        Line(text, new string('=', width));
        var rows = summary.Rows.Where(row => (options.InputRow ?? summary.ListsInput) || !row.IsInput).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            Layer(text, stops, rows[i]);
            Line(text, new string(i == rows.Length - 1 ? '=' : '_', width));
        }

        Line(text, $"Total params: {Count(summary.TotalParameters)}");
        Line(text, $"Trainable params: {Count(summary.TrainableParameters)}");
        Line(text, $"Non-trainable params: {Count(summary.NonTrainableParameters)}");
        Line(text, new string('_', width));
        return text.ToString();
    }

    private static void Layer(StringBuilder text, int[] stops, SummaryRow row)
    {
        // Keras writes a layer's name, the index of its call and the index of its output tensor; here each is called once and has
        // one.
        var connections = row.Inputs.Select(input => $"{input}[0][0]").DefaultIfEmpty("").ToArray();
        Row(text, stops, [$"{row.Name} ({row.ClassName})", row.OutputShape, row.Parameters.ToString(CultureInfo.InvariantCulture), connections[0]]);
        foreach (var connection in stops.Length == 4 ? connections[1..] : [])
        {
            Row(text, stops, ["", "", "", connection]);
        }
    }

    private static void Row(StringBuilder text, int[] stops, string[] fields)
    {
        var line = "";
        for (var i = 0; i < stops.Length; i++)
        {
            // The blank that ends a column replaces its last character, even one of a field cut off there.
            line = (i > 0 ? line[..^1] + " " : line) + fields[i];
            line = line.Length > stops[i] ? line[..stops[i]] : line.PadRight(stops[i]);
        }

        Line(text, line);
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
