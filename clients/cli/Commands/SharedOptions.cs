using System.CommandLine;
using CnnViz.Cli.Stack;

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

    /// <summary>Whom to trust.</summary>
    public Option<string?> Ca { get; } = new("--ca")
    {
        Description = "PEM file of the authorities that vouch for the services, instead of those that the machine trusts",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary>The caller's certificate.</summary>
    public Option<string?> Certificate { get; } = new("--cert")
    {
        Description = "PEM file of a client certificate, where the services ask for one",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary>Its private key.</summary>
    public Option<string?> Key { get; } = new("--key")
    {
        Description = "PEM file of the client certificate's private key",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary>The API key.</summary>
    public Option<string?> ApiKey { get; } = new("--api-key")
    {
        Description = $"API key or token; better in ${ClientCredentials.ApiKeyVariable}, which other users cannot see",
        HelpName = "key",
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

    /// <summary>What the command line and the environment say of who calls.</summary>
    public ClientCredentials Credentials(ParseResult parsed) => new(
        parsed.GetValue(Ca),
        parsed.GetValue(Certificate),
        parsed.GetValue(Key),
        parsed.GetValue(ApiKey)
            ?? (Environment.GetEnvironmentVariable(ClientCredentials.ApiKeyVariable) is { Length: > 0 } key ? key : null));

    /// <summary>Makes the options known to a command and all below it.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Endpoint);
        command.Options.Add(InferenceEndpoint);
        command.Options.Add(AppHost);
        command.Options.Add(Ca);
        command.Options.Add(Certificate);
        command.Options.Add(Key);
        command.Options.Add(ApiKey);
        command.Options.Add(Json);
        command.Options.Add(Verbose);
    }
}
