using System.Globalization;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>Checks of single request fields; each error names the field, the value and the limit.</summary>
internal static class Fields
{
    public static int InRange(string field, int value, int least, int most) =>
        value >= least && value <= most
            ? value
            : throw RpcErrors.InvalidArgument(
                (field, string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}, not {value}")));

    /// <summary>The caller's text, safe to repeat in a message: shortened, control characters shown as '?'.</summary>
    public static string Quote(string value)
    {
        const int longest = 80;
        var shown = value.Length > longest ? value[..longest] + "…" : value;
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) + "'";
    }
}
