using System.Globalization;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>Checks the look a request asks for, before anything is computed.</summary>
internal static class TileStyles
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each field out of its range.</exception>
    public static TileStyle Check(TileStyle? style)
    {
        style ??= new TileStyle();
        var violations = new List<(string, string)>();
        InRange("style.columns", style.HasColumns, style.Columns, 1, 1024);
        InRange("style.scale", style.HasScale, style.Scale, 1, 64);
        InRange("style.margin", style.HasMargin, style.Margin, 0, 64);
        Known("style.color_map", style.ColorMap);
        Known("style.normalization", style.Normalization);
        return violations.Count == 0 ? style : throw RpcErrors.InvalidArgument([.. violations]);

        void InRange(string field, bool set, int value, int least, int most)
        {
            if (set && (value < least || value > most))
            {
                violations.Add((field, string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}, not {value}")));
            }
        }

        void Known<T>(string field, T value)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                violations.Add((field, $"{value:D} is no {typeof(T).Name}"));
            }
        }
    }
}
