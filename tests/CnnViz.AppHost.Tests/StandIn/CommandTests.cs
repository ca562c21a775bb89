using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>Start, stop, restart and commands of the application's own, on small shell programs in this process.</summary>
public sealed class CommandTests
{
    private readonly IDistributedApplicationBuilder _builder = Configuration.NewBuilder();

    [Fact]
    public async Task Restart_RunningResource_HasAnotherProcessAndIsReadyAgain()
    {
        var readyAgain = 0;
        var first = Add("first", "echo on; exec sleep 1000");
        _builder.Eventing.Subscribe<ResourceReadyEvent>(first.Resource, (_, _) =>
        {
            Interlocked.Increment(ref readyAgain);
            return Task.CompletedTask;
        });
        await using var app = await StartAsync();
        var before = await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var result = await app.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.RestartCommand, Limit());

        Assert.True(result.Success, result.ErrorMessage);
        var after = await app.ResourceNotifications.WaitForResourceAsync(
            "first", e => e.Snapshot.HealthStatus is not null && ProcessOf(e) != ProcessOf(before)
                && e.Snapshot.IsReady, Limit());
        Assert.Equal(before.ResourceId, after.ResourceId);
        Assert.NotEqual(before.Snapshot.StartTimeStamp, after.Snapshot.StartTimeStamp);
        Assert.Equal(2, readyAgain);
    }

    [Fact]
    public async Task Stop_ThenStart_EndsAndRunsAgainOnTheSamePort()
    {
        Add("first", "exec sleep 1000").WithHttpEndpoint(env: "PORT");
        await using var app = await StartAsync();
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var stopped =
            await app.ResourceCommands.ExecuteCommandAsync(running.ResourceId, KnownResourceCommands.StopCommand, Limit());

        Assert.True(stopped.Success, stopped.ErrorMessage);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(running.ResourceId, out var ended));
        Assert.Equal(KnownResourceStates.Finished, ended.Snapshot.State?.Text);
        Assert.Equal(KnownResourceStateStyles.Info, ended.Snapshot.State?.Style);
        Assert.Equal(ResourceCommandState.Enabled, StateOf(ended, KnownResourceCommands.StartCommand));
        Assert.Equal(ResourceCommandState.Hidden, StateOf(ended, KnownResourceCommands.StopCommand));

        var started =
            await app.ResourceCommands.ExecuteCommandAsync(running.ResourceId, KnownResourceCommands.StartCommand, Limit());

        Assert.True(started.Success, started.ErrorMessage);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(running.ResourceId, out var again));
        Assert.Equal(KnownResourceStates.Running, again.Snapshot.State?.Text);
        Assert.Equal(running.Snapshot.Urls.Single(), again.Snapshot.Urls.Single());
        Assert.Null(again.Snapshot.ExitCode);
    }

    [Fact]
    public async Task Stop_OneReplica_LeavesTheOtherRunning()
    {
        var mark = Guid.NewGuid().ToString("N");
        Add("first", "exec sleep 1000").WithEnvironment("MARK", mark).WithAnnotation(new ReplicaAnnotation(2));
        await using var app = await StartAsync();
        var ids = new HashSet<string>();
        await app.ResourceNotifications.WaitForResourceAsync(
            "first", e => e.Snapshot.IsReady && ids.Add(e.ResourceId) && ids.Count == 2, Limit());

        var both = await app.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StopCommand, Limit());
        var one = await app.ResourceCommands.ExecuteCommandAsync(ids.First(), KnownResourceCommands.StopCommand, Limit());

        Assert.Contains("several replicas", both.ErrorMessage, StringComparison.Ordinal);
        Assert.True(one.Success, one.ErrorMessage);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(ids.Last(), out var other));
        Assert.Equal(KnownResourceStates.Running, other.Snapshot.State?.Text);
        Assert.Contains(ProcessTable.WithEnvironment($"MARK={mark}"), p => p.Id == ProcessOf(other));
    }

    [Fact]
    public async Task Start_ResourceThatWaits_WaitsNoLonger()
    {
        var never = Add("never", "exec sleep 1000").WithExplicitStart();
        Add("second", "exec sleep 1000").WaitFor(never);
        await using var app = await StartAsync();
        var waiting = await app.ResourceNotifications.WaitForResourceAsync(
            "second", e => e.Snapshot.State?.Text == KnownResourceStates.Waiting, Limit());

        var result =
            await app.ResourceCommands.ExecuteCommandAsync(waiting.ResourceId, KnownResourceCommands.StartCommand, Limit());

        Assert.True(result.Success, result.ErrorMessage);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(waiting.ResourceId, out var now));
        Assert.Equal(KnownResourceStates.Running, now.Snapshot.State?.Text);
    }

    [Fact]
    public async Task WithExplicitStart_UntilItsStartCommand_IsNotStarted()
    {
        Add("first", "exec sleep 1000").WithExplicitStart();
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.NotStarted, Limit());

        var result = await app.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StartCommand, Limit());

        Assert.True(result.Success, result.ErrorMessage);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());
    }

    [Fact]
    public async Task Start_RunningResource_IsRefused()
    {
        Add("first", "exec sleep 1000");
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var result = await app.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StartCommand, Limit());

        Assert.False(result.Success);
        Assert.Contains("cannot be done while", result.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "resource-start", "no resource 'nobody'")]
    [InlineData("first", "dance", "no command 'dance'")]
    public async Task ExecuteCommandAsync_NoSuchThing_FailsAndSaysSo(string resource, string command, string reason)
    {
        Add("first", "exec sleep 1000");
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var result = await app.ResourceCommands.ExecuteCommandAsync(resource, command, Limit());

        Assert.False(result.Success);
        Assert.Contains(reason, result.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithCommand_OwnCommand_RunsWithTheReplicasNameAndTellsItsFailure()
    {
        var names = new List<string>();
        Add("first", "exec sleep 1000")
            .WithCommand("note", "Note", context =>
            {
                names.Add(context.ResourceName);
                return Task.FromResult(CommandResults.Success());
            })
            .WithCommand("break", "Break", _ => throw new InvalidOperationException("broken glass"))
            .WithCommand("later", "Later", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
            {
                UpdateState = context => context.ResourceSnapshot.ExitCode is null ? ResourceCommandState.Disabled
                    : ResourceCommandState.Enabled,
            });
        await using var app = await StartAsync();
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        var noted = await app.ResourceCommands.ExecuteCommandAsync(running.Resource, "note", Limit());
        var broken = await app.ResourceCommands.ExecuteCommandAsync("first", "break", Limit());
        var later = await app.ResourceCommands.ExecuteCommandAsync("first", "later", Limit());

        Assert.True(noted.Success);
        Assert.Equal([running.ResourceId], names);
        Assert.Equal("broken glass", broken.ErrorMessage);
        Assert.False(later.Success);
        Assert.Equal(ResourceCommandState.Disabled, StateOf(running, "later"));
    }

    [Fact]
    public async Task StartAsync_ParameterAndSecret_ShowsStateAndMarksTheSecret()
    {
        _builder.AddParameter("plain", "visible");
        var secret = _builder.AddParameter("hidden", "abc", secret: true);
        _builder.AddParameter("lost");
        Add("first", "exec sleep 1000").WithEnvironment("HIDDEN", secret).WithEnvironment("PLAIN", "visible");
        await using var app = await StartAsync();
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("first", Limit());

        Assert.True(running.Snapshot.EnvironmentVariables.Single(v => v.Name == "HIDDEN").IsSecret);
        Assert.False(running.Snapshot.EnvironmentVariables.Single(v => v.Name == "PLAIN").IsSecret);
        Assert.Equal("visible", Property(app, "plain").Value);
        Assert.False(Property(app, "plain").IsSensitive);
        Assert.True(Property(app, "hidden").IsSensitive);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("lost", out var lost));
        Assert.Equal("Value missing", lost.Snapshot.State?.Text);
    }

    private static ResourcePropertySnapshot Property(DistributedApplication app, string parameter)
    {
        Assert.True(app.ResourceNotifications.TryGetCurrentState(parameter, out var state));
        return state.Snapshot.Properties.Single();
    }

    private static int ProcessOf(ResourceEvent update)
        => (int?)update.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value ?? 0;

    private static ResourceCommandState? StateOf(ResourceEvent update, string command)
        => update.Snapshot.Commands.FirstOrDefault(c => c.Name == command)?.State;

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
