using System.CommandLine;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommandParts
{
    /// <summary>The model's name.</summary>
    public static Argument<string> Model() => new("model") { Description = "Model name, as `models` lists it" };

    /// <summary>The layer's name.</summary>
    public static Argument<string> Layer() => new("layer") { Description = "Layer name or index, as `summary` lists it" };

    /// <summary>The file to write.</summary>
    public static Option<string> OutputFile() => new("--output", "-o")
    {
        Description = "PNG file to write",
        HelpName = "file",
        Required = true,
    };

    /// <summary>Filter or channel indices.</summary>
    public static Option<IReadOnlyList<int>> Indices(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0-63,70",
        CustomParser = IndexList.ParseArgument,
    };

    /// <summary>Comma-separated names.</summary>
    public static Option<IReadOnlyList<string>> Names(string name, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = "A,B",
        Required = required,
        CustomParser = result =>
            result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>Tiles per row.</summary>
    public static Option<int?> Columns() => new("--columns")
    {
        Description = "Tiles per row; default: near-square",
        HelpName = "n",
    };

    /// <summary>Enlargement of each tile.</summary>
    public static Option<int?> Scale() => new("--scale")
    {
        Description = "Whole-number enlargement of each tile; default: what makes small tiles legible",
        HelpName = "n",
    };

    /// <summary>Colours of single-value tiles.</summary>
    public static Option<string?> Colors()
    {
        var option = new Option<string?>("--colors")
        {
            Description = "Colours of single values: gray, viridis, magma or diverging",
        };
        option.AcceptOnlyFromAmong("gray", "viridis", "magma", "diverging");
        return option;
    }

    /// <summary>The engine.</summary>
    public static Option<string?> Engine() => new("--engine") { Description = "Engine that computes: auto (default) or torch" };

    /// <summary>The look from the options; what was not given stays unset, so that the service's defaults hold.</summary>
    public static TileStyle Style(int? columns, int? scale, string? colors)
    {
        var style = new TileStyle { ColorMap = ColorMapOf(colors) };
        if (columns is { } tilesPerRow)
            style.Columns = tilesPerRow;
        if (scale is { } enlargement)
            style.Scale = enlargement;
        return style;
    }

    private static ColorMap ColorMapOf(string? name) => name switch
    {
        "gray" => ColorMap.Gray,
        "viridis" => ColorMap.Viridis,
        "magma" => ColorMap.Magma,
        "diverging" => ColorMap.Diverging,
        _ => ColorMap.Unspecified,
    };
}
