using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>
/// Stops the application when the tool that started it is gone: its process id is in ASPIRE_CLI_PID, where Aspire's own command
/// line puts it. Without the variable nothing is watched.
/// </summary>
internal sealed class LauncherWatch(IConfiguration configuration, IHostApplicationLifetime lifetime) : BackgroundService
{
    private const string Variable = "ASPIRE_CLI_PID";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!int.TryParse(configuration[Variable], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return;
        try
        {
            using var launcher = Process.GetProcessById(id);
            await launcher.WaitForExitAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // Gone before it could be watched.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lifetime.StopApplication();
    }
}
