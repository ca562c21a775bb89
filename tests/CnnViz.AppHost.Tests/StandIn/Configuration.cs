using Aspire.Hosting;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>What a resource would be started with, without starting anything.</summary>
internal static class Configuration
{
    public static IDistributedApplicationBuilder NewBuilder(params string[] args) => DistributedApplication.CreateBuilder(args);

    /// <summary>Builds, gives out ports and works out one process's environment and arguments.</summary>
    public static async Task<LaunchRequest> OfAsync(IDistributedApplicationBuilder builder, string resource, int replica = 0)
    {
        await using var app = builder.Build();
        var ports = app.Services.GetRequiredService<PortReservations>();
        foreach (var each in builder.Resources)
            ports.Allocate(each, listensOnHost: true);
        return await app.Services.GetRequiredService<LaunchConfiguration>()
            .ResolveAsync(builder.Resources.Single(r => r.Name == resource), $"{resource}-id", replica, CancellationToken.None);
    }
}

/// <summary>A project that is never run.</summary>
internal sealed class SomeProject : IProjectMetadata
{
    public string ProjectPath => "/no/such/Some.csproj";
}
