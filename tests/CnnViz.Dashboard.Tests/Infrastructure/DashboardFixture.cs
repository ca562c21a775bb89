using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Infrastructure;

/// <summary>One application with telemetry, and one browser, for all tests of the pages.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    private readonly List<SampleTelemetry> _senders = [];

    public SampleApplication Application { get; private set; } = null!;

    public DashboardBrowser Browser { get; private set; } = null!;

    /// <summary>Id of the trace that goes through render and inference.</summary>
    public string TraceId { get; private set; } = string.Empty;

    public async Task InitializeAsync()
    {
        Application = await SampleApplication.StartAsync();
        Browser = await DashboardBrowser.StartAsync();
        var render = await SenderAsync("render");
        var inference = await SenderAsync("inference");
        await SendAsync(render, inference);
    }

    /// <summary>A page of someone who is signed in.</summary>
    public async Task<DashboardPage> OpenAsync(
        string path, ColorScheme scheme = ColorScheme.Light, int width = 1360, int height = 820)
    {
        var page = await Browser.NewPageAsync(scheme, width, height);
        await page.Page.GotoAsync(Application.LoginAddress.ToString());
        await page.Page.Locator("#pages a").First.WaitForAsync();
        await page.Page.GotoAsync(new Uri(Application.Address, path).ToString());
        return page;
    }

    public async Task DisposeAsync()
    {
        foreach (var sender in _senders)
            sender.Dispose();
        await Browser.DisposeAsync();
        await Application.DisposeAsync();
    }

    /// <summary>Sends as a resource, with the variables that it was started with.</summary>
    public async Task<SampleTelemetry> SenderAsync(string resource)
    {
        var state = await Application.StateAsync(resource);
        var sender = new SampleTelemetry(state.Snapshot.EnvironmentVariables.ToDictionary(v => v.Name, v => v.Value!));
        _senders.Add(sender);
        return sender;
    }

    private async Task SendAsync(SampleTelemetry render, SampleTelemetry inference)
    {
        for (var i = 0; i < 14; i++)
            await CallAsync(render, inference, i);
        inference.Logger("CnnViz.Inference.Startup").LogInformation("{Models} models in {Folder}", 5, "/srv/models");
        inference.Logger("CnnViz.Inference.Queue").LogWarning("The queue is {Share:P0} full", 0.5);
        try
        {
            throw new InvalidDataException("The weights end after 1,048,576 of 2,097,152 bytes.");
        }
        catch (InvalidDataException e)
        {
            inference.Logger("CnnViz.Inference.Models").LogError(e, "The model {Model} could not be read", "truncated");
        }

        for (var i = 0; i < 3; i++)
        {
            Measure(render, inference, i);
            render.Flush();
            inference.Flush();
            // Two reports at different moments: a rate needs both.
            await Task.Delay(1_100);
        }
    }

    private static void Measure(SampleTelemetry render, SampleTelemetry inference, int i)
    {
        for (var k = 0; k < 40; k++)
            inference.Steps.Record(0.006 + (0.0007 * ((k * 7) % 23)), new KeyValuePair<string, object?>("engine", "onednn"));
        inference.Calls.Add(12 + (5 * i), new("rpc.method", "MaximizeFilter"), new("rpc.grpc.status_code", "0"));
        inference.Calls.Add(3, new("rpc.method", "FeatureMaps"), new("rpc.grpc.status_code", "0"));
        inference.Queue.Add(i + 1);
        inference.Memory += 24L << 20;
        render.Calls.Add(4 + i, new("rpc.method", "RenderMaximization"), new("rpc.grpc.status_code", "0"));
    }

    private async Task CallAsync(SampleTelemetry render, SampleTelemetry inference, int i)
    {
        using var request = render.Source.StartActivity("cnnviz.v1.RenderService/RenderMaximization", ActivityKind.Server)!;
        request.SetTag("rpc.system", "grpc").SetTag("rpc.method", "RenderMaximization").SetTag("cnnviz.model", "nanodet");
        render.Logger("CnnViz.Render.Rpcs")
            .LogInformation("RenderMaximization of {Model} {Layer}, {Filters} filters", "nanodet", "Add_11", 64);
        using (var client = render.Source.StartActivity("cnnviz.v1.InferenceService/MaximizeFilter", ActivityKind.Client)!)
        {
            client.SetTag("server.address", "127.0.0.1").SetTag("server.port", 24117);
            using var server =
                inference.Source.StartActivity("cnnviz.v1.InferenceService/MaximizeFilter", ActivityKind.Server, client.Context)!;
            server.SetTag("rpc.method", "MaximizeFilter").SetTag("cnnviz.engine", "onednn").SetTag("cnnviz.precision", "exact");
            foreach (var (name, time) in ((string, int)[])[("queue", 3), ("cache lookup", 2), ("compile", 9)])
            {
                using var part = inference.Source.StartActivity(name)!;
                await Task.Delay(time);
                if (name == "cache lookup")
                    part.AddEvent(
                        new ActivityEvent("miss", tags: new ActivityTagsCollection { ["cnnviz.cache.level"] = "redis" }));
            }

            inference.Logger("CnnViz.Inference.Calls").LogDebug("Compiled {Layers} layers at {Size} px", 118, 128);
            using var steps = inference.Source.StartActivity("steps")!;
            steps.SetTag("cnnviz.steps", 30);
            await Task.Delay(12 + (i * 3));
            if (i == 11)
            {
                steps.SetStatus(ActivityStatusCode.Error, "The call was cancelled at step 19 of 30.");
                server.SetStatus(ActivityStatusCode.Error, "CANCELLED");
                steps.AddEvent(new ActivityEvent("cancelled"));
            }
        }

        using (render.Source.StartActivity("tile pictures"))
            await Task.Delay(4);
        using (render.Source.StartActivity("encode PNG"))
            await Task.Delay(6);
        TraceId = request.TraceId.ToString();
    }
}

[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's own word")]
public sealed class DashboardCollection : ICollectionFixture<DashboardFixture>
{
    public const string Name = "dashboard";
}
