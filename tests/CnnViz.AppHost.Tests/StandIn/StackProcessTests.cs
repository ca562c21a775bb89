using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>A whole stack in processes of their own: Redis, a service that refers to it, one that refers to that.</summary>
public sealed class StackProcessTests
{
    private static readonly string _host = HostProcess.OutputOf("Fixture.AppHost");

    [Fact]
    public async Task Run_InterruptedWhenHealthy_StopsInReverseOrderAndLeavesNothing()
    {
        await using var host = HostProcess.Start(_host, []);
        await host.WaitForLineAsync(line => line == "ready");
        var children = host.Children();
        Assert.Equal(3, children.Count);

        await host.InterruptAsync();

        Assert.Equal(0, await host.WaitForExitAsync());
        Assert.True(
            host.Output.IndexOf("front stopped with exit code 0", StringComparison.Ordinal)
            < host.Output.IndexOf("back stopped with exit code 0", StringComparison.Ordinal), host.Output);
        Assert.True(
            host.Output.IndexOf("back stopped with exit code 0", StringComparison.Ordinal)
            < host.Output.IndexOf("redis stopped with exit code 0", StringComparison.Ordinal), host.Output);
        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_HostKilled_NothingSurvives()
    {
        await using var host = HostProcess.Start(_host, ["--stubborn", "yes"]);
        await host.WaitForLineAsync(line => line == "ready");
        var children = host.Children();
        Assert.Equal(4, children.Count);

        host.Kill();

        // Among them a program that ignores SIGTERM, and its child.
        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_ItsLauncherKilled_StopsByItself()
    {
        using var launcher = Process.Start("sleep", "infinity");
        await using var host = HostProcess.Start(
            _host, [], ("ASPIRE_CLI_PID", launcher.Id.ToString(CultureInfo.InvariantCulture)));
        await host.WaitForLineAsync(line => line == "ready");
        var children = host.Children();

        launcher.Kill();

        Assert.Equal(0, await host.WaitForExitAsync());
        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_ServiceCrashesAtStart_FailsWithItsLastOutput()
    {
        await using var host = HostProcess.Start(_host, ["--crash", "no such planet"]);

        Assert.Equal(1, await host.WaitForExitAsync());

        Assert.Contains(
            "Resource 'back' exited with code 3 before it was healthy. Its last output:", host.Output, StringComparison.Ordinal);
        Assert.Contains("  fixture: cannot go on: no such planet", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[front]", host.Output, StringComparison.Ordinal);
        await ProcessTable.WaitUntilNoneAsync(host.Mark);
    }

    [Fact]
    public async Task Run_WithRedis_PasswordIsOnNoCommandLine()
    {
        await using var host = HostProcess.Start(_host, [], ("Parameters__redis-password", "Secret4711"));
        await host.WaitForLineAsync(line => line == "ready");

        Process[] processes = [.. host.Children(), .. ProcessTable.WithEnvironment(host.Mark)];
        var back = await ServiceAsync(host, "back");

        Assert.Contains(
            processes, p => ProcessTable.CommandLine(p).Contains("redis-server 127.0.0.1:", StringComparison.Ordinal));
        Assert.DoesNotContain(processes, p => ProcessTable.CommandLine(p).Contains("Secret4711", StringComparison.Ordinal));
        Assert.EndsWith(",password=Secret4711", back["ConnectionStrings__redis"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingToRunRedis_ServicesStartWithoutConnectionString()
    {
        using var path = SearchPath.With("sh", "setsid", "sleep");
        await using var host = HostProcess.Start(_host, [], ("PATH", path.Directory));
        await host.WaitForLineAsync(line => line == "ready");

        var environment = await ServiceAsync(host, "back");

        Assert.Contains("redis is absent", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(environment.Keys, name => name.Contains("redis", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Run_ServiceThatRefersToAnother_FindsItByItsVariables()
    {
        await using var host = HostProcess.Start(_host, []);
        await host.WaitForLineAsync(line => line == "ready");

        var front = await ServiceAsync(host, "front");
        var back = await ServiceAsync(host, "back");

        Assert.Equal($"http://127.0.0.1:{back["FIXTURE_HTTP_PORT"]}", front["services__back__http__0"]);
        Assert.Equal("front", front["OTEL_SERVICE_NAME"]);
    }

    /// <summary>The environment of a service, as it tells over HTTP.</summary>
    private static async Task<Dictionary<string, string>> ServiceAsync(HostProcess host, string name)
    {
        var line = host.Output.Split('\n').Last(l => l.StartsWith($"pid {name} ", StringComparison.Ordinal));
        var id = int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
        var port = (await File.ReadAllTextAsync($"/proc/{id}/environ")).Split('\0')
            .Single(v => v.StartsWith("FIXTURE_HTTP_PORT=", StringComparison.Ordinal)).Split('=')[1];
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<Dictionary<string, string>>(new Uri($"http://127.0.0.1:{port}/environment")))!;
    }
}
