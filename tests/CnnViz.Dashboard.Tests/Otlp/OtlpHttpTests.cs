using System.IO.Compression;
using System.Net;
using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;
using CnnViz.Dashboard.Tests.Infrastructure;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Dashboard.Tests.Otlp;

/// <summary>What the OTLP addresses take, and what they refuse.</summary>
public sealed class OtlpHttpTests
{
    [Fact]
    public async Task Post_Gzip_IsTakenAsPlain()
    {
        await using var probe = await DashboardProbe.StartAsync();
        var body = OtlpSamples.Trace(OtlpSamples.Span()).ToByteArray();

        using var plain = await probe.PostOtlpAsync("traces", body);
        using var logs =
            await probe.PostOtlpAsync(
                "logs", Gzip(OtlpSamples.Log(new LogRecord { SeverityNumber = 9 }).ToByteArray()), encoding: "gzip");

        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal("application/x-protobuf", plain.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, logs.StatusCode);
        Assert.NotNull(probe.Telemetry.Traces.Find(Convert.ToHexStringLower(OtlpSamples.Bytes(16).Span)));
        Assert.Equal(1, probe.Telemetry.Logs.Find(new LogQuery()).Total);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another-key")]
    public async Task Post_WrongKey_IsRefused(string? key)
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.PostOtlpAsync("traces", OtlpSamples.Trace(OtlpSamples.Span()).ToByteArray(), key);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(probe.Telemetry.Traces.Find(new TraceQuery()).Traces);
    }

    [Fact]
    public async Task Post_TooLarge_IsRefusedBeforeAndAfterDecompression()
    {
        await using var probe = await DashboardProbe.StartAsync(maxMessageBytes: 100_000);

        using var plain = await probe.PostOtlpAsync("traces", new byte[100_001]);
        using var bomb = await probe.PostOtlpAsync("traces", Gzip(new byte[50_000_000]), encoding: "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, plain.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bomb.StatusCode);
    }

    [Fact]
    public async Task Post_NotProtobuf_IsRefused()
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var json = await probe.PostOtlpAsync("traces", "{}"u8.ToArray(), type: "application/json");
        using var garbage = await probe.PostOtlpAsync("traces", [0xff, 0xff, 0xff, 0xff, 0x0f]);
        using var notGzip = await probe.PostOtlpAsync("traces", [1, 2, 3], encoding: "gzip");
        using var unknown = await probe.PostOtlpAsync("traces", [], encoding: "br");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, garbage.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, notGzip.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Post_NestedValuesWithoutEnd_IsRefused()
    {
        await using var probe = await DashboardProbe.StartAsync();
        var value = new AnyValue { StringValue = "core" };
        for (var i = 0; i < 5_000; i++)
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };

        using var response = await probe.PostOtlpAsync("logs", OtlpSamples.Log(new LogRecord { Body = value }).ToByteArray());

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Post_RandomChangesOfAMessage_NeverFailTheServer()
    {
        await using var probe = await DashboardProbe.StartAsync();
        var histogram = new Histogram { DataPoints = { OtlpSamples.HistogramPoint([1.5], [1, 2]) } };
        var metric = new Metric { Name = "n", Histogram = histogram };
        var record = new LogRecord
        {
            SeverityNumber = 17,
            Body = new AnyValue { StringValue = "text" },
            TraceId = OtlpSamples.Bytes(16),
        };
        (string Signal, byte[] Body)[] messages = [
            ("traces", OtlpSamples.Trace(OtlpSamples.Span(), OtlpSamples.Span("other")).ToByteArray()),
            ("metrics", OtlpSamples.Metrics(metric).ToByteArray()),
            ("logs", OtlpSamples.Log(record).ToByteArray())];
        var random = new Random(5);
        for (var i = 0; i < 600; i++)
        {
            var (signal, body) = messages[i % messages.Length];
            byte[] changed = [.. body];
            for (var k = random.Next(1, 4); k > 0; k--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            using var response =
                await probe.PostOtlpAsync(signal, changed[..random.Next(changed.Length / 2, changed.Length + 1)]);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{i}: {response.StatusCode}");
        }

        // Whatever was taken can be shown.
        var cookie = await probe.SignInAsync();
        foreach (var path in (string[])["/api/logs", "/api/traces", "/api/metrics"])
        {
            using var shown = await probe.GetAsync(path, cookie);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
    }

    [Fact]
    public async Task Addresses_EachForItsOwn_AnswerNothingElse()
    {
        await using var probe = await DashboardProbe.StartAsync();
        var cookie = await probe.SignInAsync();
        using var page = new HttpRequestMessage(HttpMethod.Get, new Uri(probe.Server.OtlpHttpUrl!, "/"));
        page.Headers.Add("x-otlp-api-key", DashboardProbe.ApiKey);
        using var telemetry = new HttpRequestMessage(HttpMethod.Post, new Uri(probe.Server.FrontendUrl, "/v1/traces"));
        telemetry.Headers.Add("Cookie", cookie);

        using var pageAnswer = await probe.Http.SendAsync(page);
        using var telemetryAnswer = await probe.Http.SendAsync(telemetry);

        Assert.Equal(HttpStatusCode.NotFound, pageAnswer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, telemetryAnswer.StatusCode);
    }

    [Fact]
    public async Task Grpc_RightAndWrongKey_IsTakenAndRefused()
    {
        await using var probe = await DashboardProbe.StartAsync();
        using var channel = GrpcChannel.ForAddress(probe.Server.OtlpGrpcUrl!);
        var method = new Method<ExportTraceServiceRequest, ExportTraceServiceResponse>(
            MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export",
            Marshallers.Create(m => m.ToByteArray(), ExportTraceServiceRequest.Parser.ParseFrom),
            Marshallers.Create(m => m.ToByteArray(), ExportTraceServiceResponse.Parser.ParseFrom));
        var incomplete = OtlpSamples.Span();
        incomplete.TraceId = OtlpSamples.Bytes(3);

        var answer = await channel.CreateCallInvoker().AsyncUnaryCall(
            method, null, new CallOptions(new Metadata { { "x-otlp-api-key", DashboardProbe.ApiKey } }),
            OtlpSamples.Trace(OtlpSamples.Span(), incomplete));
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await channel.CreateCallInvoker()
                .AsyncUnaryCall(method, null, default, OtlpSamples.Trace(OtlpSamples.Span())));

        Assert.Equal(1, answer.PartialSuccess.RejectedSpans);
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Single(probe.Telemetry.Traces.Find(new TraceQuery()).Traces);
    }

    private static byte[] Gzip(byte[] body)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(body);
        return zipped.ToArray();
    }
}
