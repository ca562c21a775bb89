using CnnViz.V1;

namespace CnnViz.Stack.Tests;

/// <summary>Models, summaries and weights through the wire.</summary>
[Collection(StackCollection.Name)]
public sealed class ModelTests(StackFixture stack)
{
    [Fact]
    public async Task ListModels_OnePerPage_WalksThroughAll()
    {
        var all = await stack.Inference.ListModelsAsync(new ListModelsRequest());
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await stack.Inference.ListModelsAsync(new ListModelsRequest { PageSize = 1, PageToken = token });
            names.Add(Assert.Single(page.Models).Name);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(all.Models.Select(m => m.Name), names);
        Assert.Contains(all.Models, model => model is { Name: "nanodet", Available: true });
    }

    [Fact]
    public async Task ModelInfo_NanoDet_HasItsLayersAndLabels()
    {
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "nanodet" });
        Assert.Equal(34, info.Layers.Count(layer => layer.ClassName == "Conv2D"));
        Assert.Equal([64L, 52, 52], info.Layers.Single(layer => layer.Name == "Add_10").OutputShape);
        Assert.Equal(80, info.Labels.Count);
        Assert.Equal(ChannelOrder.Bgr, info.Input.Order);
        Assert.Contains("Total params", info.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilterWeights_FirstLayer_HasKernelAndBias()
    {
        var weights = await stack.Inference.WeightsAsync(new FilterWeightsRequest { Model = "nanodet", Layer = "Add" });
        Assert.Equal(["kernel", "bias"], weights.Select(w => w.Header.Name));
        Assert.Equal("HWIO", weights[0].Header.Layout);
        Assert.Equal([3L, 3, 3, 32], weights[0].Header.Shape);
        Assert.All(weights[0].Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public async Task Metrics_OfBothServices_TellWhatTheyWereAsked()
    {
        await stack.Inference.ListModelsAsync(new ListModelsRequest());
        using var http = new HttpClient();
        Assert.Contains(
            "rpc_server_call_duration_seconds_count{rpc_grpc_status_code=\"0\",rpc_method=\"ListModels\"",
            await http.GetStringAsync(new Uri(stack.InferenceHttp, "/metrics")),
            StringComparison.Ordinal);
        Assert.Contains(
            "# TYPE cnnviz_cache_memory_used_bytes gauge\n",
            await http.GetStringAsync(new Uri(stack.RenderHttp, "/metrics")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_HttpAndReadiness_AreOk()
    {
        using var http = new HttpClient();
        foreach (var service in new[] { stack.InferenceHttp, stack.RenderHttp })
        {
            // "Degraded" until the connection to Redis is made; ready nevertheless.
            Assert.Matches("^(Healthy|Degraded\nredis: .*)$", await http.GetStringAsync(new Uri(service, "/health")));
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri(service, "/alive")));
        }
    }
}
