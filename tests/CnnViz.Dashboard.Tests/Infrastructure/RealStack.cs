using CnnViz.AppHost.Tests.Infrastructure;
using CnnViz.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Dashboard.Tests.Infrastructure;

/// <summary>The product's own stack with its dashboard, started as `./cnnviz up` starts it.</summary>
internal sealed class RealStack : IAsyncDisposable
{
    private const string LoginLine = "Login to the dashboard at ";

    private readonly HostProcess _host;

    private RealStack(HostProcess host, Uri login, Uri render)
    {
        _host = host;
        Login = login;
        Render = render;
    }

    /// <summary>Address that lets a person in.</summary>
    public Uri Login { get; }

    /// <summary>Address of the render service's gRPC.</summary>
    public Uri Render { get; }

    /// <summary>All that the app host printed.</summary>
    public string Output => _host.Output;

    public static async Task<RealStack> StartAsync()
    {
        var host = HostProcess.Start(
            HostProcess.OutputOf("CnnViz.AppHost"), [], ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://127.0.0.1:0"),
            ("CNNVIZ_MODELS", CnnViz.Tests.Shared.RepositoryPaths.Models));
        try
        {
            var login = await host.WaitForLineAsync(line => line.Contains(LoginLine, StringComparison.Ordinal));
            var render = await host.WaitForLineAsync(line => line.StartsWith("render grpc: ", StringComparison.Ordinal));
            await host.WaitForLineAsync(line => line.StartsWith("render http: ", StringComparison.Ordinal));
            return new RealStack(
                host, new Uri(login[(login.IndexOf(LoginLine, StringComparison.Ordinal) + LoginLine.Length)..]),
                new Uri(render.Split(' ')[2]));
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>One small call through both services.</summary>
    public async Task CallAsync()
    {
        using var channel = GrpcChannel.ForAddress(Render);
        var request = new RenderMaximizationRequest
        {
            Maximize = new MaximizeFilterRequest
            {
                Model = "nanodet",
                Layer = "Add_11",
                Filters = { 3, 5 },
                Settings = new MaximizationSettings { Steps = 12 },
            },
        };
        using var call = new RenderService.RenderServiceClient(channel)
            .RenderMaximization(request, deadline: DateTime.UtcNow + SampleApplication.Limit);
        var bytes = 0;
        await foreach (var message in call.ResponseStream.ReadAllAsync())
            bytes += message.CalculateSize();
        Assert.True(bytes > 1_000, "The call brought no picture.");
    }

    /// <summary>As Ctrl-C does; nothing may be left.</summary>
    public async Task InterruptAsync()
    {
        var children = _host.Children();
        await _host.InterruptAsync();
        Assert.Equal(0, await _host.WaitForExitAsync());
        await ProcessTable.WaitUntilNoneAsync(_host.Mark, children);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
