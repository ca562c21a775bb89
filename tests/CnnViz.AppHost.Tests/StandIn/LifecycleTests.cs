using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using CnnViz.AppHost.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>Applications of small shell programs, in this process.</summary>
public sealed class LifecycleTests
{
    private readonly IDistributedApplicationBuilder _builder = Configuration.NewBuilder();

    [Fact]
    public async Task WaitForCompletion_ExpectedExitCode_StartsAfterwards()
    {
        var first = Add("first", "exit 4");
        Add("second", "sleep 1000").WaitForCompletion(first, exitCode: 4);
        await using var app = await StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Running, Limit());

        var ended = await app.ResourceNotifications.WaitForResourceAsync("first", e => e.Snapshot.ExitCode is not null, Limit());
        Assert.Equal(4, ended.Snapshot.ExitCode);
    }

    [Fact]
    public async Task WaitForCompletion_OtherExitCode_DoesNotStart()
    {
        var first = Add("first", "exit 1");
        Add("second", "echo on").WaitForCompletion(first);
        await using var app = await StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.FailedToStart, Limit());
    }

    [Fact]
    public async Task WaitFor_UnhealthyDependency_StartsOnlyWhenItTurnsHealthy()
    {
        var healthy = new TaskCompletionSource();
        var probed = new TaskCompletionSource();
        _builder.Services.AddHealthChecks().AddCheck("gate", () =>
        {
            probed.TrySetResult();
            return healthy.Task.IsCompleted ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
        });
        var first = Add("first", "sleep 1000").WithHealthCheck("gate");
        Add("second", "sleep 1000").WaitFor(first);
        var states = new ConcurrentQueue<string>();
        _builder.Eventing.Subscribe<ResourceReadyEvent>(first.Resource, (_, _) =>
        {
            states.Enqueue("first ready");
            return Task.CompletedTask;
        });
        _builder.Eventing.Subscribe<BeforeResourceStartedEvent>((e, _) =>
        {
            states.Enqueue($"{e.Resource.Name} starts");
            return Task.CompletedTask;
        });
        await using var app = await StartAsync();
        await probed.Task.WaitAsync(HostProcess.Limit);
        Assert.Equal(["first starts"], states);

        healthy.SetResult();

        await app.ResourceNotifications.WaitForResourceHealthyAsync("second", Limit());
        Assert.Equal(["first starts", "first ready", "second starts"], states);
    }

    [Fact]
    public async Task WaitForStart_UnhealthyDependency_StartsAnyway()
    {
        _builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        var first = Add("first", "sleep 1000").WithHealthCheck("never");
        Add("second", "sleep 1000").WaitForStart(first);
        await using var app = await StartAsync();

        await app.ResourceNotifications.WaitForResourceHealthyAsync("second", Limit());
    }

    [Fact]
    public async Task WaitForResourceHealthyAsync_ResourceEnds_ThrowsWithItsLastOutput()
    {
        _builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        Add("first", "echo the reason; exit 9").WithHealthCheck("never");
        await using var app = await StartAsync();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit()));

        Assert.Contains("exited with code 9 before it was healthy", error.Message, StringComparison.Ordinal);
        Assert.Contains("the reason", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_ResourceStillWaiting_EndsWithoutStartingIt()
    {
        _builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        var first = Add("first", "sleep 1000").WithHealthCheck("never");
        Add("second", "sleep 1000").WaitFor(first);
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Waiting, Limit());
        await app.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.Running, Limit());

        await app.StopAsync().WaitAsync(HostProcess.Limit);

        var ended = await app.ResourceNotifications.WaitForResourceAsync("first", e => e.Snapshot.ExitCode is not null, Limit());
        Assert.Equal(128 + 15, ended.Snapshot.ExitCode);
    }

    [Fact]
    public async Task StartAsync_ProjectNotBuilt_ThrowsNamingIt()
    {
        _builder.AddProject("lost", "/no/such/Lost.csproj");
        await using var app = _builder.Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());

        Assert.Contains("Lost.csproj", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithUrlForEndpoint_Running_ItsAddressHasTheNameGiven()
    {
        Add("first", "sleep 1000").WithHttpEndpoint().WithUrlForEndpoint("http", url =>
        {
            url.DisplayText = "Pages";
            url.Url += "/start";
        });
        await using var app = await StartAsync();

        var state = await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var shown = Assert.Single(state.Snapshot.Urls);
        Assert.Equal("Pages", shown.DisplayProperties.DisplayName);
        Assert.EndsWith("/start", shown.Url, StringComparison.Ordinal);
    }

    private static CancellationToken Limit() => new CancellationTokenSource(HostProcess.Limit).Token;

    private IResourceBuilder<ExecutableResource> Add(string name, string script) =>
        _builder.AddExecutable(name, "sh", "/", "-c", script);

    private async Task<DistributedApplication> StartAsync()
    {
        var app = _builder.Build();
        await app.StartAsync();
        return app;
    }
}
