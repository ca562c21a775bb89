using Aspire.Dashboard;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Dashboard;

/// <summary>Starts the dashboard before the resources and stops it after them. Without it they run all the same.</summary>
internal sealed class DashboardLauncher(
    IConfiguration configuration,
    DashboardResources resources,
    ResourceTelemetry telemetry,
    ILoggerFactory loggers,
    TimeProvider time,
    ILogger<DistributedApplication> logger) : IHostedService, IAsyncDisposable
{
    private DashboardServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var server = new DashboardServer(DashboardSettings.Read(configuration), resources, loggers, time);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AddressInUseException or InvalidOperationException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            logger.LogError("The dashboard could not be started: {Error} Going on without it.", e.Message);
            telemetry.Send(grpc: null, http: null, key: null);
            return;
        }

        _server = server;
        telemetry.Send(server.OtlpGrpcUrl, server.OtlpHttpUrl, configuration[DashboardSettings.OtlpApiKey]);
        resources.Start();
        logger.LogInformation("Now listening on: {DashboardUrl}", server.FrontendUrl);
        logger.LogInformation("Login to the dashboard at {LoginUrl}", server.LoginUrl);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is null)
            return;
        await resources.StopAsync().ConfigureAwait(false);
        await _server.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        await _server.DisposeAsync().ConfigureAwait(false);
        _server = null;
    }
}
