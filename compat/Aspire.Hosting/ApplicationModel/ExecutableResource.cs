namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program on this machine.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>A path, or a name to look up in PATH.</summary>
    public string Command { get; } = command;

    /// <summary>Absolute path.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}
