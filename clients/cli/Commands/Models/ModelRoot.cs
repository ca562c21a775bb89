using System.CommandLine;

namespace CnnViz.Cli.Commands.Models;

/// <summary>The folder that holds the models of this machine.</summary>
internal static class ModelRoot
{
    /// <summary>The environment variable that names it, for the services too.</summary>
    public const string Variable = "CNNVIZ_MODELS";

    /// <summary>The option that names it.</summary>
    public static Option<string?> Option() => new("--root")
    {
        Description = $"Model root; default: ${Variable}, else models/ in the current folder",
        HelpName = "folder",
    };

    /// <summary>The root, absolute.</summary>
    public static string Of(ParseResult parsed, Option<string?> option) => Path.GetFullPath(
        parsed.GetValue(option) is { Length: > 0 } given ? given
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set
        : "models");
}
