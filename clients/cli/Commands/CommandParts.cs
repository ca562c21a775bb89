using System.CommandLine;

namespace CnnViz.Cli.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommandParts
{
    /// <summary>The model's name, or its file.</summary>
    public static Argument<string> Model() => new("model")
    {
        Description = "Model name, as `models` lists it, or the path of its file: .onnx, TensorFlow.js' .json, Keras' .h5 or .keras, .safetensors",
    };

    /// <summary>The layer's name.</summary>
    public static Argument<string> Layer() => new("layer") { Description = "Layer name or index, as `summary` lists it" };

    /// <summary>The file to write.</summary>
    public static Option<string> OutputFile(string description, bool required = true) => new("--output", "-o")
    {
        Description = description,
        HelpName = "file",
        Required = required,
    };

    /// <summary>Filter or channel indices.</summary>
    public static Option<IReadOnlyList<int>> Indices(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0-63,70",
        CustomParser = IndexList.ParseArgument,
    };

    /// <summary>Comma-separated names.</summary>
    public static Option<IReadOnlyList<string>> Names(
        string name, string description, bool required = false, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "A,B",
            Required = required,
            CustomParser = result =>
                result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };

    /// <summary>The engine.</summary>
    public static Option<string?> Engine() =>
        new("--engine") { Description = "Engine that computes: auto (default), onednn or torch" };

    /// <summary>The precision.</summary>
    public static Option<string?> Precision()
    {
        var option = new Option<string?>("--precision")
        {
            Description = "exact (default), or fast: gradients in bfloat16, where engine and processor have it",
        };
        option.AcceptOnlyFromAmong("exact", "fast");
        return option;
    }
}
