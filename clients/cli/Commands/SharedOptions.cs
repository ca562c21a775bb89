using System.CommandLine;

namespace CnnViz.Cli.Commands;

/// <summary>The options every command has.</summary>
internal sealed class SharedOptions
{
    /// <summary>The render service's gRPC endpoint.</summary>
    public Option<string?> Endpoint { get; } = new("--endpoint")
    {
        Description = "gRPC endpoint of a running render service; without it a stack is started for the call",
        HelpName = "host:port",
        Recursive = true,
    };

    /// <summary>The inference service's gRPC endpoint.</summary>
    public Option<string?> InferenceEndpoint { get; } = new("--inference-endpoint")
    {
        Description = "gRPC endpoint of a running inference service (models, summary and demo need it)",
        HelpName = "host:port",
        Recursive = true,
    };

    /// <summary>The AppHost to start.</summary>
    public Option<string?> AppHost { get; } = new("--apphost")
    {
        Description = "AppHost (executable or .dll) that starts a stack; default: $CNNVIZ_APPHOST, then beside this tool",
        HelpName = "path",
        Recursive = true,
    };

    /// <summary>Machine-readable output.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON, one value per line, to standard output",
        Recursive = true,
    };

    /// <summary>Shows what the stack that was started says.</summary>
    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show the output of a stack that was started for the call",
        Recursive = true,
    };

    /// <summary>Whether the command line names a service that runs already.</summary>
    public bool IsRemote(ParseResult parsed) =>
        parsed.GetValue(Endpoint) is not null || parsed.GetValue(InferenceEndpoint) is not null;

    /// <summary>Makes the options known to a command and all below it.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Endpoint);
        command.Options.Add(InferenceEndpoint);
        command.Options.Add(AppHost);
        command.Options.Add(Json);
        command.Options.Add(Verbose);
    }
}
