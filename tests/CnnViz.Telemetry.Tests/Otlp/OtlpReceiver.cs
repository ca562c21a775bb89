using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CnnViz.Telemetry.Tests.Otlp;

/// <summary>A collector: takes what is exported over gRPC on one port, as protobuf over HTTP/1.1 on another, and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>Everything that came, as bytes.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = [];

    /// <summary>The header x-otlp-api-key of each export.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    public ConcurrentQueue<TakenSpan> Spans { get; } = [];

    public ConcurrentQueue<TakenMetric> Metrics { get; } = [];

    public ConcurrentQueue<TakenLog> Logs { get; } = [];

    public Uri Grpc => new(_app.Urls.First());

    public Uri Http => new(_app.Urls.Last());

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        OtlpReceiver? receiver = null;
        builder.Services.AddSingleton(_ => receiver!);
        var app = builder.Build();
        receiver = new OtlpReceiver(app);
        app.MapGrpcService<Traces>();
        app.MapGrpcService<Measurements>();
        app.MapGrpcService<Records>();
        app.MapPost("/v1/traces", context => receiver.PostedAsync(context, TracesRequest.Parser, receiver.Take));
        app.MapPost("/v1/metrics", context => receiver.PostedAsync(context, MetricsRequest.Parser, receiver.Take));
        app.MapPost("/v1/logs", context => receiver.PostedAsync(context, LogsRequest.Parser, receiver.Take));
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until what came satisfies a condition.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (condition())
            {
                return;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                var spans = string.Join(", ", Spans.Select(span => $"{span.Service}/{span.Span.Name}"));
                var metrics = string.Join(", ", Metrics.Select(metric => metric.Metric.Name).Distinct());
                Assert.Fail($"{what} never came; spans: {spans}; metrics: {metrics}; logs: {Logs.Count}");
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Take(TracesRequest request)
    {
        foreach (var of in request.ResourceSpans)
        {
            foreach (var span in of.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                Spans.Enqueue(new TakenSpan(Taken.Attributes(of.Resource.Attributes), span));
            }
        }
    }

    private void Take(MetricsRequest request)
    {
        foreach (var of in request.ResourceMetrics)
        {
            foreach (var metric in of.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                Metrics.Enqueue(new TakenMetric(Taken.Attributes(of.Resource.Attributes), metric));
            }
        }
    }

    private void Take(LogsRequest request)
    {
        foreach (var of in request.ResourceLogs)
        {
            foreach (var record in of.ScopeLogs.SelectMany(scope => scope.Records))
            {
                Logs.Enqueue(new TakenLog(Taken.Attributes(of.Resource.Attributes), record));
            }
        }
    }

    private void Note(byte[] body, string? key)
    {
        Bodies.Enqueue(body);
        Keys.Enqueue(key ?? "");
        lock (_gate)
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private Accepted Called<T>(T request, Action<T> take, ServerCallContext context)
        where T : IMessage
    {
        take(request);
        Note(request.ToByteArray(), context.RequestHeaders.GetValue("x-otlp-api-key"));
        return new Accepted();
    }

    private async Task PostedAsync<T>(HttpContext context, MessageParser<T> parser, Action<T> take)
        where T : IMessage<T>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(parser.ParseFrom(body.ToArray()));
        Note(body.ToArray(), context.Request.Headers["x-otlp-api-key"]);
        context.Response.ContentType = "application/x-protobuf";
    }

    private sealed class Traces(OtlpReceiver receiver) : TraceService.TraceServiceBase
    {
        public override Task<Accepted> Export(TracesRequest request, ServerCallContext context) =>
            Task.FromResult(receiver.Called(request, receiver.Take, context));
    }

    private sealed class Measurements(OtlpReceiver receiver) : MetricsService.MetricsServiceBase
    {
        public override Task<Accepted> Export(MetricsRequest request, ServerCallContext context) =>
            Task.FromResult(receiver.Called(request, receiver.Take, context));
    }

    private sealed class Records(OtlpReceiver receiver) : LogsService.LogsServiceBase
    {
        public override Task<Accepted> Export(LogsRequest request, ServerCallContext context) =>
            Task.FromResult(receiver.Called(request, receiver.Take, context));
    }
}
