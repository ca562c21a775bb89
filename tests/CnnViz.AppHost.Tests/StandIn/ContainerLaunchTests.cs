using System.Runtime.Versioning;
using Aspire.Hosting;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Processes;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>How Redis is run, by what the search path has. The engine's command is a script that answers as one would.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ContainerLaunchTests : IDisposable
{
    private const string EngineWithImage = "exit 0";
    private const string EngineWithoutImage = "[ \"$1\" = info ]";
    private const string EngineThatIsDown = "exit 1";

    private readonly string _path = Directory.CreateTempSubdirectory("apphost-test-path").FullName;

    [Fact]
    public async Task Plan_EngineHasImage_RunsContainerWithSecretsOffTheCommandLine()
    {
        Install("docker", EngineWithImage);
        Install("redis-server", "exit 0");

        var spec = await SpecAsync();

        Assert.Equal(Path.Combine(_path, "docker"), spec.Command);
        Assert.Equal(["run", "--rm", "--name"], spec.Arguments.Take(3));
        Assert.StartsWith("redis-", spec.Arguments[3], StringComparison.Ordinal);
        Assert.Equal(
            ["--interactive", "--publish", "127.0.0.1:6391:6379", "library/redis:8.2", "redis-server", "-"], spec.Arguments.Skip(4));
        Assert.Contains("bind 0.0.0.0\nport 6379\n", spec.StandardInput, StringComparison.Ordinal);
        Assert.Contains("requirepass abc123", spec.StandardInput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EngineWithoutImage)]
    [InlineData(EngineThatIsDown)]
    [InlineData(null)]
    public async Task Plan_NoEngineWithTheImage_RunsRedisServerOnLoopback(string? engine)
    {
        if (engine is not null)
            Install("docker", engine);
        Install("redis-server", "exit 0");

        var spec = await SpecAsync();

        Assert.Equal(Path.Combine(_path, "redis-server"), spec.Command);
        Assert.Equal(["-"], spec.Arguments);
        Assert.Contains("bind 127.0.0.1\nport 6391\nsave \"\"\nappendonly no\n", spec.StandardInput, StringComparison.Ordinal);
        Assert.Contains("requirepass abc123", spec.StandardInput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NeitherEngineNorServer_IsAbsent()
    {
        var plan = await PlanAsync(NewBuilder());

        Assert.Contains("redis-server is not installed", Assert.IsType<LaunchPlan.Absent>(plan).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OtherContainerAndNoEngine_ThrowsNamingIt()
    {
        var builder = Configuration.NewBuilder();
        builder.AddContainer("store", "postgres", "17");

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => PlanAsync(builder));

        Assert.Contains("'store' needs a Docker engine", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a\nport 1")]
    [InlineData("p@ss")]
    public async Task Resolve_PasswordThatWouldNeedQuoting_Throws(string password)
    {
        Install("redis-server", "exit 0");

        await Assert.ThrowsAsync<DistributedApplicationException>(() => SpecAsync(password));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private static IDistributedApplicationBuilder NewBuilder(string password = "abc123")
    {
        var builder = Configuration.NewBuilder($"--Parameters:redis-password={password}");
        builder.AddRedis("redis", port: 6391);
        return builder;
    }

    private async Task<LaunchPlan> PlanAsync(IDistributedApplicationBuilder builder)
    {
        var path = new ExecutablePath(_path);
        var planner = new ContainerLaunchPlanner(new ContainerEngine(path), path);
        return (await planner.TryPlanAsync(builder.Resources.Single(), CancellationToken.None))!;
    }

    private async Task<ProcessSpec> SpecAsync(string password = "abc123")
    {
        var builder = NewBuilder(password);
        var plan = Assert.IsType<LaunchPlan.Run>(await PlanAsync(builder));
        var request = await Configuration.OfAsync(builder, "redis");
        return await plan.ResolveAsync(request, CancellationToken.None);
    }

    private void Install(string program, string script)
    {
        var file = Path.Combine(_path, program);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
