using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Dashboard;
using Aspire.Hosting.Internal.Health;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Logging;
using Aspire.Hosting.Internal.Orchestration;
using Aspire.Hosting.Internal.Proxy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal;

/// <summary>The app host's own services.</summary>
internal static class StandInServices
{
    /// <summary>For starting up and for whatever the grace periods of all resources do not cover.</summary>
    private static readonly TimeSpan _shutdownReserve = TimeSpan.FromSeconds(10);

    public static void Add(HostApplicationBuilder host, IDistributedApplicationBuilder application, bool withDashboard)
    {
        // A probe that fails while a service starts is no error; the health monitor tells the outcome.
        host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A line for each request would bury what the resources print.
        host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        host.Logging.AddFilter("Yarp", LogLevel.Warning);

        var services = host.Services;
        services.AddHealthChecks();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(application.ExecutionContext);
        services.AddSingleton(application.Eventing);
        services.AddSingleton(_ => new DistributedApplicationModel(application.Resources));
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton(s => new ResourceConsole(Console.Out, s.GetRequiredService<ResourceLoggerService>()));
        services.AddSingleton<ProbeClient>();
        services.AddSingleton<OrchestratorOptions>();
        services.AddSingleton<PortReservations>();
        services.AddSingleton<ReplicaProxy>();
        services.AddSingleton(_ => new ExecutablePath(Environment.GetEnvironmentVariable("PATH") ?? string.Empty));
        services.AddSingleton<ContainerEngine>();
        services.AddSingleton<ILaunchPlanner>(_ => new ProjectLaunchPlanner(application.AppHostAssembly));
        services.AddSingleton<ILaunchPlanner, ExecutableLaunchPlanner>();
        services.AddSingleton<ILaunchPlanner, ContainerLaunchPlanner>();
        services.AddSingleton<LaunchConfiguration>();
        services.AddSingleton<ResourceTelemetry>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<ReplicaStates>();
        services.AddSingleton<ParameterStates>();
        services.AddSingleton<ResourceRunner>();
        services.AddSingleton(s => new ResourceCommandService(
            s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
        if (withDashboard)
            AddDashboard(host);
        services.AddHostedService<Orchestrator>();
        services.AddHostedService<LauncherWatch>();
        services.AddOptions<HostOptions>().Configure<OrchestratorOptions, DistributedApplicationModel>((options, own, model) =>
            options.ShutdownTimeout = _shutdownReserve + (own.GracePeriod * (model.Resources.Count + 1)));
    }

    /// <summary>Before the resources are started, so that they know where to send telemetry; stopped after them.</summary>
    private static void AddDashboard(HostApplicationBuilder host)
    {
        host.Logging.AddFilter("Grpc", LogLevel.Warning);
        host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        host.Configuration.AddInMemoryCollection(DashboardSettings.NewSecrets(host.Configuration));
        host.Services.AddSingleton<DashboardResources>();
        host.Services.AddHostedService<DashboardLauncher>();
    }
}
