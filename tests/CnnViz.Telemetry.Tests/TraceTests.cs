using CnnViz.Cache.Tests.Support;
using CnnViz.Telemetry.Tests.Otlp;
using CnnViz.Telemetry.Tests.Support;
using CnnViz.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Telemetry.Tests;

/// <summary>What a collector gets of whole calls through the services' own processes.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    private const string Password = "redis-pass-7c1f";
    private const string Key = "otlp-key-93ab";
    private const string CallerKey = "caller-key-2b7e151628aed2a6";

    [RedisFact]
    public async Task RenderMaximization_ThroughAllServices_IsOneTraceWithMetricsAndLogs()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var redis = await RedisServer.StartAsync(Password);
        List<(string, string)> telemetry =
        [
            .. Telemetry(collector.Grpc, "grpc"),
            ("ConnectionStrings__redis", redis.ConnectionString),

            // More than a busy machine takes: no call to Redis is left out for lack of time.
            ("Cache__BudgetMilliseconds", "20000"),
        ];
        await using var inference = await ServiceProcess.StartAsync("CnnViz.Inference", telemetry);
        await using var render = await ServiceProcess.StartAsync(
            "CnnViz.Render", telemetry.Append(("services__inference__grpc__0", inference.Grpc.ToString())));
        await render.GetAsync("/health");
        await render.GetAsync("/metrics");

        var picture = await new RenderService.RenderServiceClient(render.Channel).PictureAsync(Calls.Maximization(3, 5));
        Assert.NotEmpty(picture);
        await collector.UntilAsync(
            () => collector.Metrics.Any(metric => metric.Metric.Name == "cnnviz.render.duration")
                && collector.Metrics.Any(metric => metric.Metric.Name == "cnnviz.steps" && metric.Total > 0), "the metrics");

        // Stopping sends what is left: nothing more is to come.
        await render.StopAsync();
        await inference.StopAsync();

        var root = Assert.Single(collector.Spans, span => span.Span.Name == "cnnviz.v1.RenderService/RenderMaximization");
        var trace = collector.Spans.Where(span => span.Trace == root.Trace).ToList();
        OneTree(root, trace);
        Print(root, trace, "");
        string[] expected =
        [
            "cnnviz-inference/cnnviz.v1.InferenceService/MaximizeFilter", "cnnviz-inference/cache lookup",
            "cnnviz-inference/GET", "cnnviz-inference/LOCK",
            "cnnviz-inference/run", "cnnviz-inference/queue", "cnnviz-inference/compile",
            "cnnviz-inference/SET", "cnnviz-inference/steps", "cnnviz-render/cache lookup",
            "cnnviz-render/cnnviz.v1.InferenceService/MaximizeFilter", "cnnviz-render/encode", "cnnviz-render/render",
        ];
        Assert.Empty(expected.Except(trace.Select(span => $"{span.Service}/{span.Span.Name}")));
        Assert.DoesNotContain(collector.Spans, span => span.Span.Name.Contains("/health", StringComparison.Ordinal)
            || span.Attributes.GetValueOrDefault("url.path") is "/health" or "/metrics" or "/alive");

        // One span for each group of pictures, not one for each step.
        var steps = trace.Where(span => span.Span.Name == "steps").ToList();
        Assert.Equal(3, steps.Sum(span => int.Parse(span.Attributes["cnnviz.pictures"])));
        Assert.InRange(steps.Count, 1, 3);
        Assert.All(steps, span => Assert.Equal(
            ("fashion-cnn", "dense_2", "onednn", "fp32", "5"),
            (span.Attributes["cnnviz.model"], span.Attributes["cnnviz.layer"], span.Attributes["cnnviz.engine"],
                span.Attributes["cnnviz.precision"], span.Attributes["cnnviz.steps"])));
        var server = trace.Single(span =>
            span.Service == "cnnviz-inference" && span.Attributes.GetValueOrDefault("rpc.method") == "MaximizeFilter");
        Assert.Equal(
            ("grpc", "cnnviz.v1.InferenceService", "0"),
            (server.Attributes["rpc.system"], server.Attributes["rpc.service"], server.Attributes["rpc.grpc.status_code"]));
        Assert.Contains(trace, span =>
            span.Service == "cnnviz-inference" && span.Attributes.GetValueOrDefault("cnnviz.cache.result") == "miss");
        Assert.All(collector.Spans, span => Assert.Equal("tests", span.Resource["deployment.environment"]));

        Assert.Contains(collector.Logs, log => log.Trace == root.Trace && log.Text.StartsWith("Run ", StringComparison.Ordinal));
        Assert.Equal(15, Last(collector, "cnnviz-inference", "cnnviz.steps"));
        Assert.True(Last(collector, "cnnviz-inference", "cnnviz.flops") > 15 * 1e5);
        Assert.Equal(0, Last(collector, "cnnviz-inference", "cnnviz.runs.active"));
        Assert.True(Last(collector, "cnnviz-render", "cnnviz.sent") > picture.Length);

        Assert.All(collector.Keys, key => Assert.Equal(Key, key));
        NeverTold(collector, Password, Key);
    }

    [Fact]
    public async Task HttpProtobuf_EverySignal_ArrivesAtItsPathWithWhyCallsFailed()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(CallerKey)));
        await using var inference = await ServiceProcess.StartAsync(
            "CnnViz.Inference",
            [
                .. Telemetry(collector.Http, "http/protobuf"),
                ("Callers__Keys__0__Name", "tester"),
                ("Callers__Keys__0__Sha256", hash),
                ("Callers__Keys__0__Permissions__0", "infer"),
            ]);
        var client = new InferenceService.InferenceServiceClient(inference.Channel);
        var unknown = await Assert.ThrowsAsync<RpcException>(
            () => client.ListModelsAsync(new ListModelsRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, unknown.StatusCode);
        var headers = new Metadata { { "x-api-key", CallerKey } };
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.ModelInfoAsync(new ModelInfoRequest { Model = "absent" }, headers).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);

        await collector.UntilAsync(
            () => collector.Metrics.Any(metric => metric.Metric.Name == "cnnviz.failures" && metric.Total == 2)
                && !collector.Logs.IsEmpty,
            "metrics and logs");
        await inference.StopAsync();

        var span = Assert.Single(collector.Spans, span => span.Span.Name == "cnnviz.v1.InferenceService/ModelInfo");
        Assert.Equal("5", span.Attributes["rpc.grpc.status_code"]);
        var stopped = Assert.Single(collector.Spans, span => span.Span.Name == "cnnviz.v1.InferenceService/ListModels");
        Assert.Equal("16", stopped.Attributes["rpc.grpc.status_code"]);
        var failures = collector.Metrics.Last(metric => metric.Metric.Name == "cnnviz.failures").Metric.Sum.Points
            .Select(point => Taken.Attributes(point.Attributes))
            .Select(point => $"{point["rpc.method"]} {point["error.type"]}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(["ListModels CREDENTIALS_MISSING", "ModelInfo UNKNOWN_MODEL"], failures);
        NeverTold(collector, CallerKey, hash, Key);
    }

    [RedisFact]
    public async Task Start_ThenKill_TheRunLinksToTheCallAndItsTakeoverToTheRun()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        var settings = Telemetry(collector.Grpc, "grpc")
            .Append(("ConnectionStrings__redis", redis.ConnectionString)).Append(("Runs__CheckpointSteps", "50")).ToList();
        await using var first = await ServiceProcess.StartAsync("CnnViz.Inference", settings);
        await using var second = await ServiceProcess.StartAsync("CnnViz.Inference", settings);
        var started = await new MaximizationService.MaximizationServiceClient(first.Channel).StartAsync(
            new MaximizationServiceStartRequest { Request = Calls.Maximization(2, 3000) });
        var id = started.Run.RunId;
        var begun = 0;
        using (var watch = new MaximizationService.MaximizationServiceClient(first.Channel).Watch(
            new MaximizationServiceWatchRequest { RunId = id }))
        {
            await foreach (var message in watch.ResponseStream.ReadAllAsync())
            {
                if (message.Event.Progress is not null && ++begun == 200)
                {
                    break;
                }
            }
        }

        await collector.UntilAsync(() => collector.Spans.Any(span => span.Span.Name == "compile"), "the first replica's spans");
        await first.KillAsync();
        var other = new MaximizationService.MaximizationServiceClient(second.Channel);
        using (var watch = other.Watch(new MaximizationServiceWatchRequest { RunId = id }))
        {
            await foreach (var _ in watch.ResponseStream.ReadAllAsync())
            {
            }
        }

        await collector.UntilAsync(() => collector.Spans.Any(span => span.Span.Name == "run"), "the second replica's run");
        var takeover = Assert.Single(collector.Spans, span => span.Span.Name == "run");
        Assert.Equal((id, "succeeded"), (takeover.Attributes["cnnviz.run.id"], takeover.Attributes["cnnviz.run.state"]));

        // The first replica's run never ended, so its span never came; what was done in it did.
        var compiled = collector.Spans.First(span => span.Span.Name == "compile");
        var link = Assert.Single(takeover.Span.Links);
        Assert.Equal(compiled.Trace, Convert.ToHexString(link.TraceId.Span));
        Assert.Equal(compiled.Parent, Convert.ToHexString(link.SpanId.Span));
        var call = Assert.Single(collector.Spans, span => span.Span.Name == "cnnviz.v1.MaximizationService/Start");
        Assert.NotEqual(call.Trace, compiled.Trace);
    }

    [Fact]
    public async Task Start_WithoutRedis_TheRunLinksToTheCall()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var inference = await ServiceProcess.StartAsync("CnnViz.Inference", Telemetry(collector.Grpc, "grpc"));
        var client = new MaximizationService.MaximizationServiceClient(inference.Channel);
        await client.StartAsync(new MaximizationServiceStartRequest { Request = Calls.Maximization(1, 4) });
        await collector.UntilAsync(
            () => collector.Spans.Any(span => span.Span.Name == "run")
                && collector.Spans.Any(span => span.Span.Name.EndsWith("/Start", StringComparison.Ordinal)),
            "the run's span");
        var run = Assert.Single(collector.Spans, span => span.Span.Name == "run");
        var call = Assert.Single(collector.Spans, span => span.Span.Name == "cnnviz.v1.MaximizationService/Start");
        var link = Assert.Single(run.Span.Links);
        Assert.Equal((call.Trace, call.Id), (Convert.ToHexString(link.TraceId.Span), Convert.ToHexString(link.SpanId.Span)));
        Assert.Equal("", run.Parent);
    }

    [Fact]
    public async Task Endpoint_WhereNobodyListens_CallsAreServedAndTheServiceStops()
    {
        await using var inference = await ServiceProcess.StartAsync(
            "CnnViz.Inference", Telemetry(new Uri("http://127.0.0.1:9"), "grpc"));
        var client = new InferenceService.InferenceServiceClient(inference.Channel);
        for (var i = 0; i < 20; i++)
        {
            Assert.NotEmpty((await client.ListModelsAsync(new ListModelsRequest())).Models);
        }

        await inference.StopAsync();
    }

    private static IEnumerable<(string Name, string Value)> Telemetry(Uri endpoint, string protocol) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.ToString()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={Key}"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=tests"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "300"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
    ];

    private static double Last(OtlpReceiver collector, string service, string metric) =>
        collector.Metrics.Last(one => one.Service == service && one.Metric.Name == metric).Total;

    private static void NeverTold(OtlpReceiver collector, params IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(secret);
            Assert.DoesNotContain(collector.Bodies, body => body.AsSpan().IndexOf(bytes) >= 0);
        }
    }

    private void Print(TakenSpan span, IReadOnlyList<TakenSpan> trace, string indent)
    {
        output.WriteLine($"{indent}{span.Service} {span.Span.Name} {(span.Span.End - span.Span.Start) / 1e6:f1} ms "
            + string.Join(' ', span.Attributes.Select(one => $"{one.Key}={one.Value}")));
        foreach (var child in trace.Where(other => other.Parent == span.Id).OrderBy(child => child.Span.Start))
        {
            Print(child, trace, indent + "  ");
        }
    }

    /// <summary>Every span but the root has its parent among the others.</summary>
    private static void OneTree(TakenSpan root, IReadOnlyList<TakenSpan> trace)
    {
        var ids = trace.Select(span => span.Id).ToHashSet();
        Assert.Equal(trace.Count, ids.Count);
        Assert.All(
            trace.Where(span => span != root),
            span => Assert.True(ids.Contains(span.Parent), $"{span.Service}/{span.Span.Name} has a parent that never came"));
    }
}
