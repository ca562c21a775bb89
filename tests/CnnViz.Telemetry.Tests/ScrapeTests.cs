using CnnViz.Cache.Tests.Support;
using CnnViz.Telemetry.Tests.Prometheus;
using CnnViz.Telemetry.Tests.Support;
using CnnViz.V1;
using Grpc.Core;
using Grpc.Health.V1;

namespace CnnViz.Telemetry.Tests;

/// <summary>The services' pages for those who run them: /metrics, /health, /alive, and health over gRPC.</summary>
public sealed class ScrapeTests
{
    [RedisFact]
    public async Task Metrics_DuringARunAndAfterIt_TellWhatHappens()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inference = await ServiceProcess.StartAsync(
            "CnnViz.Inference", ("ConnectionStrings__redis", redis.ConnectionString));
        var client = new InferenceService.InferenceServiceClient(inference.Channel);
        Scrape? during = null;
        Task<MaximizationCompleted?>? equal = null;
        using (var call = client.MaximizeFilter(Calls.Maximization(2, 2000)))
        {
            var told = 0;
            await foreach (var message in call.ResponseStream.ReadAllAsync())
            {
                if (message.Event.Progress is not null && ++told == 50)
                {
                    during = await Scrape.ParseAsync(await inference.GetAsync("/metrics"));
                    equal = client.CompletedAsync(Calls.Maximization(2, 2000));
                }
            }
        }

        Assert.NotNull(await equal!);
        Assert.NotNull(during);
        Assert.Equal(1, during.Value("cnnviz_runs_active"));
        Assert.Equal(1, during.Value("cnnviz_tickets_active"));
        Assert.Equal(1, during.Value("cnnviz_streams_active", ("rpc_method", "MaximizeFilter")));
        Assert.InRange(during.Value("cnnviz_steps_total", ("cnnviz_engine", "onednn")), 1, 4000);
        Assert.True(during.Value("cnnviz_queue_wait_seconds_count") > 0);
        Assert.InRange(during.Value("cnnviz_queue_depth"), 0, 2);
        Assert.InRange(during.Value("cnnviz_lanes_running"), 0, during.Value("cnnviz_lanes_limit"));

        Assert.NotNull(await client.CompletedAsync(Calls.Maximization(2, 2000)));
        await Assert.ThrowsAsync<RpcException>(() => client.ModelInfoAsync(new ModelInfoRequest()).ResponseAsync);
        var after = await Scrape.ParseAsync(await inference.GetAsync("/metrics"));
        Assert.Equal(4000, after.Value("cnnviz_steps_total"));
        Assert.True(after.Value("cnnviz_flops_total") > 4000 * 1e5);
        Assert.Equal(0, after.Value("cnnviz_runs_active"));
        Assert.Equal(1, after.Value("cnnviz_runs_ended_total", ("cnnviz_run_state", "succeeded")));
        Assert.Equal(1, after.Value("cnnviz_cache_misses_total"));
        Assert.Equal(1, after.Value("cnnviz_cache_joins_total"));
        Assert.Equal(1, after.Value("cnnviz_cache_hits_total", ("cnnviz_cache_level", "memory")));
        Assert.Equal(0, after.Value("cnnviz_redis_breaker_open"));
        Assert.Equal(1, after.Value("cnnviz_failures_total", ("rpc_method", "ModelInfo"), ("error_type", "INVALID_ARGUMENT")));
        Assert.Equal(3, after.Value(
            "rpc_server_call_duration_seconds_count", ("rpc_method", "MaximizeFilter"), ("rpc_grpc_status_code", "0")));
        Assert.True(after.Value("cnnviz_sent_bytes_total", ("rpc_method", "MaximizeFilter")) > 100_000);
        Assert.Contains(after.Samples, sample => sample.Name.StartsWith("dotnet_", StringComparison.Ordinal));
        Assert.DoesNotContain(after.Samples, sample => sample.Labels.GetValueOrDefault("http_route") is "/metrics" or "/health");
    }

    [RedisFact]
    public async Task Health_WhenRedisDies_IsDegradedAndStaysReady()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inference = await ServiceProcess.StartAsync(
            "CnnViz.Inference", ("ConnectionStrings__redis", redis.ConnectionString));
        var health = new Health.HealthClient(inference.Channel);
        await UntilAsync(inference, "Healthy");
        await redis.KillAsync();
        var text = await UntilAsync(inference, "Degraded");
        Assert.Contains("redis: Degraded: Redis does not answer", text, StringComparison.Ordinal);
        Assert.Equal("Healthy", await inference.GetAsync("/alive"));
        foreach (var service in (string[])["", "InferenceService", "MaximizationService", "ModelService"])
        {
            var name = service.Length == 0 ? "" : $"cnnviz.v1.{service}";
            var answer = await health.CheckAsync(new HealthCheckRequest { Service = name });
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }
    }

    [Fact]
    public async Task Health_WhenModelsCannotBeRead_IsNotReady()
    {
        // A file where the folder should be: that cannot be read, whoever runs it.
        await using var inference = await ServiceProcess.StartAsync(
            "CnnViz.Inference", ("CNNVIZ_MODELS", typeof(ScrapeTests).Assembly.Location));
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(inference.Http, "/health"));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("models: Unhealthy", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var ready = await new Health.HealthClient(inference.Channel).CheckAsync(
            new HealthCheckRequest { Service = "cnnviz.v1.InferenceService" });
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, ready.Status);
        Assert.Equal("Healthy", await inference.GetAsync("/alive"));
    }

    [Fact]
    public async Task Metrics_OverTheGrpcPort_AreNotThere()
    {
        await using var inference = await ServiceProcess.StartAsync("CnnViz.Inference");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(inference.Grpc, "/metrics"))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await http.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>Asks until /health begins with a word, and returns what it says then.</summary>
    private static async Task<string> UntilAsync(ServiceProcess service, string word)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        string text;
        do
        {
            text = await service.GetAsync("/health");
        }
        while (!text.StartsWith(word, StringComparison.Ordinal) && await timer.WaitForNextTickAsync(patience.Token));
        return text;
    }
}
