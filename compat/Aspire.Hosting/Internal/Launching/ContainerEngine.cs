using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>The Docker engine of this machine, if there is one.</summary>
internal sealed class ContainerEngine(ExecutablePath path)
{
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Path of the engine's command when an engine answers; else null.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (path.Find("docker") is not { } docker)
            return null;
        var (exitCode, _) = await ShortCommand.RunAsync(docker, ["info"], _answerLimit, cancellationToken).ConfigureAwait(false);
        return exitCode == 0 ? docker : null;
    }

    /// <summary>Whether the engine has an image already.</summary>
    public static async Task<bool> HasImageAsync(string docker, string image, CancellationToken cancellationToken)
    {
        var (exitCode, _) = await ShortCommand.RunAsync(
            docker, ["image", "inspect", image], _answerLimit, cancellationToken).ConfigureAwait(false);
        return exitCode == 0;
    }

    public static Task RemoveAsync(string docker, string container)
        => ShortCommand.RunAsync(docker, ["rm", "--force", container], _answerLimit, CancellationToken.None);
}
