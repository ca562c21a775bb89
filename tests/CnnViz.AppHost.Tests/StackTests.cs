using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests;

/// <summary>The product's own stack, started as a user starts it.</summary>
public sealed class StackTests : IDisposable
{
    private static readonly string _host = HostProcess.OutputOf("CnnViz.AppHost");

    private readonly string _folder = Directory.CreateTempSubdirectory("apphost-test").FullName;

    private string EndpointsFile => Path.Combine(_folder, "endpoints.json");

    [Fact]
    public async Task Run_Interrupted_WasHealthyToldItsEndpointsAndLeavesNothing()
    {
        var renderPort = FreePort();
        await using var host = HostProcess.Start(
            _host, [], ("CNNVIZ_ENDPOINTS_FILE", EndpointsFile), ("CNNVIZ_RENDER_PORT", $"{renderPort}"));
        await host.WaitForLineAsync(line => line == $"render grpc: http://127.0.0.1:{renderPort}");
        await host.WaitForLineAsync(line => line.StartsWith("render http: ", StringComparison.Ordinal));
        var children = host.Children();

        var endpoints = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(await File.ReadAllTextAsync(EndpointsFile))!;
        Assert.Equal(["inference", "render"], endpoints.Keys);
        Assert.All(endpoints.Values, service => Assert.Equal(["grpc", "http"], service.Keys));
        Assert.Equal($"http://127.0.0.1:{renderPort}", endpoints["render"]["grpc"]);
        using var http = new HttpClient();
        foreach (var service in endpoints.Values)
        {
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri($"{service["http"]}/health")));
            // HTTP/1.1 has no business on the gRPC port.
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(new Uri($"{service["grpc"]}/health")));
        }

        await host.InterruptAsync();

        Assert.Equal(0, await host.WaitForExitAsync());
        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_WithCallersAndLimits_TheServicesHaveTheSettingsAndTheSecret()
    {
        var keys = Path.Combine(_folder, "keys");
        var sha256 = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("secret-of-render"u8));
        await File.WriteAllTextAsync(keys, $"render {sha256} infer\npainter {sha256.Replace('0', '1')} render\n");
        await using var host = HostProcess.Start(
            _host, ["--Callers:KeysFile", keys, "--Limits:Exempt:0", "render", "--Drain:Grace", "00:00:07"],
            ("CNNVIZ_ENDPOINTS_FILE", EndpointsFile), ("Parameters__service-key", "secret-of-render"));
        await host.WaitForLineAsync(line => line.StartsWith("render http: ", StringComparison.Ordinal));

        var environments = host.Children().Select(child => File.ReadAllText($"/proc/{child.Id}/environ").Split('\0').ToHashSet()).ToList();
        foreach (var setting in new[] { $"Callers__KeysFile={keys}", "Limits__Exempt__0=render", "Drain__Grace=00:00:07" })
        {
            Assert.Contains(environments, environment => environment.Contains(setting));
        }

        Assert.Contains(environments, environment => environment.Contains("Upstream__ApiKey=secret-of-render"));
        Assert.DoesNotContain("secret-of-render", host.Output, StringComparison.Ordinal);
        await host.InterruptAsync();
        Assert.Equal(0, await host.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_PortIsTaken_FailsWithTheServicesOwnWords()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = HostProcess.Start(
            _host, [], ("CNNVIZ_ENDPOINTS_FILE", EndpointsFile), ("CNNVIZ_RENDER_PORT", $"{port}"));

        Assert.Equal(1, await host.WaitForExitAsync());

        Assert.Contains("Resource 'render' exited with code", host.Output, StringComparison.Ordinal);
        Assert.Contains("address already in use", host.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(EndpointsFile));
        await ProcessTable.WaitUntilNoneAsync(host.Mark);
    }

    [Fact]
    public async Task Run_PortSettingIsNoPort_FailsNamingIt()
    {
        await using var host = HostProcess.Start(_host, ["--CNNVIZ_RENDER_PORT", "70000"]);

        Assert.Equal(1, await host.WaitForExitAsync());

        Assert.Equal("CNNVIZ_RENDER_PORT must be a port from 1 to 65535, not '70000'.", host.Output);
    }

    [Theory]
    [InlineData("CNNVIZ_INFERENCE_REPLICAS", "0", "CNNVIZ_INFERENCE_REPLICAS must be a number of replicas from 1 to 64, not '0'.")]
    [InlineData("CNNVIZ_DEPLOY_TO", "moon", "CNNVIZ_DEPLOY_TO must be compose or kubernetes, not 'moon'.")]
    public async Task Run_SettingIsWrong_FailsNamingIt(string setting, string value, string message)
    {
        await using var host = HostProcess.Start(_host, [$"--{setting}", value]);

        Assert.Equal(1, await host.WaitForExitAsync());

        Assert.Equal(message, host.Output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
