using System.CommandLine;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>The look of a picture as options. What is not given stays unset, so that the service's defaults hold.</summary>
internal sealed class StyleOptions
{
    private static readonly Dictionary<string, ColorMap> _colorMaps = new()
    {
        ["gray"] = ColorMap.Gray,
        ["viridis"] = ColorMap.Viridis,
        ["magma"] = ColorMap.Magma,
        ["diverging"] = ColorMap.Diverging,
    };

    private static readonly Dictionary<string, Normalization> _normalizations = new()
    {
        ["global"] = Normalization.Global,
        ["tile"] = Normalization.PerTile,
        ["symmetric"] = Normalization.Symmetric,
        ["symmetric-tile"] = Normalization.SymmetricPerTile,
        ["percentile"] = Normalization.Percentile,
        ["percentile-tile"] = Normalization.PercentilePerTile,
        ["keras"] = Normalization.KerasDeprocess,
    };

    private static readonly Dictionary<string, TileLabels> _labelKinds = new()
    {
        ["none"] = TileLabels.None,
        ["numbers"] = TileLabels.Numbers,
        ["classes"] = TileLabels.Classes,
    };

    private readonly Option<int?> _columns = new("--columns")
    {
        Description = "Tiles per row; default: near-square",
        HelpName = "n",
    };

    private readonly Option<int?> _scale = new("--scale")
    {
        Description = "Whole-number enlargement of each tile; default: what makes small tiles legible",
        HelpName = "n",
    };

    private readonly Option<int?> _margin = new("--margin")
    {
        Description = "Pixels between tiles, 0 to 64",
        HelpName = "pixels",
    };

    private readonly Option<string?> _colors = OneOf("--colors", "Colours of single values", _colorMaps.Keys);

    private readonly Option<string?> _normalize = OneOf(
        "--normalize",
        "What the ends of the colours stand for; default: the whole tensor for filters, each tile for maps",
        _normalizations.Keys);

    private readonly Option<string?> _labels = OneOf("--labels", "What is written below each tile", _labelKinds.Keys);

    private readonly Option<string?> _background = new("--background")
    {
        Description = "Colour between the tiles",
        HelpName = "#rrggbb",
    };

    private readonly Option<int?> _quality = new("--quality")
    {
        Description = "Quality of .jpg and of lossy .webp, 1 to 100; default 90",
        HelpName = "n",
    };

    /// <summary>Makes the options known to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _columns, _scale, _margin, _colors, _normalize, _labels, _background, _quality })
            command.Options.Add(option);
    }

    /// <summary>The look given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="format">The picture's file format.</param>
    public TileStyle Read(ParseResult parsed, PictureFormat format)
    {
        var style = new TileStyle
        {
            ColorMap = Named(_colorMaps, parsed.GetValue(_colors)),
            Normalization = Named(_normalizations, parsed.GetValue(_normalize)),
            Labels = Named(_labelKinds, parsed.GetValue(_labels)),
            Background = parsed.GetValue(_background) ?? "",
            Format = format,
        };
        if (parsed.GetValue(_columns) is { } columns)
            style.Columns = columns;
        if (parsed.GetValue(_scale) is { } scale)
            style.Scale = scale;
        if (parsed.GetValue(_margin) is { } margin)
            style.Margin = margin;
        if (parsed.GetValue(_quality) is { } quality)
            style.Quality = quality;
        return style;
    }

    private static Option<string?> OneOf(string name, string description, IEnumerable<string> values)
    {
        var option = new Option<string?>(name) { Description = description };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    // The parser has refused every other name; nothing given is the enum's "unspecified".
    private static T Named<T>(Dictionary<string, T> values, string? name)
        where T : struct, Enum => name is null ? default : values[name];
}
