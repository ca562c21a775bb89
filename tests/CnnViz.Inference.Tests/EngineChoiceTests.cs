using CnnViz.Engine;
using CnnViz.Inference.Requests;
using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Inference.Tests;

/// <summary>Which engine a request gets, how exactly it computes, and what the response says of it.</summary>
public sealed class EngineChoiceTests
{
    // A PNG file of one white pixel.
    private const string WhitePixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=";

    [Theory]
    [InlineData("", "", 2, "fp32")]
    [InlineData("auto", "exact", 2, "fp32")]
    [InlineData("linear", "fast", 2, "fp32+bf16")]
    public async Task MaximizeFilter_EngineAndPrecision_ResponseSaysWhatRan(
        string engine, string precision, int threads, string ran)
    {
        await using var host = await RunningHost.StartAsync();
        var request = RunningHost.Request(1, 2);
        (request.Engine, request.Precision) = (engine, precision);
        using var call = host.Client.MaximizeFilter(request);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        var execution = call.ResponseStream.Current.Event.Started.Execution;
        Assert.Equal(
            ("linear", "cpu", ran, threads), (execution.Engine, execution.Device, execution.Precision, execution.Threads));
    }

    [Fact]
    public async Task MaximizeFilter_Threads_AsAskedOrRefused()
    {
        await using var host = await RunningHost.StartAsync();
        var request = RunningHost.Request(1, 2);
        request.Threads = 1;
        using var call = host.Client.MaximizeFilter(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(1, call.ResponseStream.Current.Event.Started.Execution.Threads);

        request.Threads = 3;
        using var refused = host.Client.MaximizeFilter(request);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(
            (StatusCode.InvalidArgument, "threads: must be 1 or 2 on engine linear, or 0, not 3"),
            (refusal.StatusCode, refusal.Status.Detail));
    }

    [Theory]
    [InlineData("", "fp32")]
    [InlineData("fast", "fp32+bf16")]
    public async Task FeatureMaps_Precision_ResponseSaysWhatRan(string precision, string ran)
    {
        await using var host = await RunningHost.StartAsync();
        var request = Maps();
        request.Precision = precision;
        using var call = host.Client.FeatureMaps(request);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        var execution = call.ResponseStream.Current.Info.Execution;
        Assert.Equal(("linear", "cpu", ran, 2), (execution.Engine, execution.Device, execution.Precision, execution.Threads));
    }

    [Fact]
    public async Task AnyCall_UnknownPrecision_InvalidArgument()
    {
        await using var host = await RunningHost.StartAsync();
        var maximize = RunningHost.Request(1, 2);
        var maps = Maps();
        (maximize.Precision, maps.Precision) = ("bf16", "half");

        using var first = host.Client.MaximizeFilter(maximize);
        using var second = host.Client.FeatureMaps(maps);
        var refusals = new[]
        {
            await Assert.ThrowsAsync<RpcException>(() => first.ResponseStream.MoveNext(CancellationToken.None)),
            await Assert.ThrowsAsync<RpcException>(() => second.ResponseStream.MoveNext(CancellationToken.None)),
        };

        Assert.Equal(
            ["precision: must be exact or fast, not 'bf16'", "precision: must be exact or fast, not 'half'"],
            refusals.Select(refusal => refusal.Status.Detail));
        Assert.All(refusals, refusal => Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode));
    }

    [Fact]
    public async Task MaximizeFilter_EngineThatLacksItsLibrary_FailedPreconditionSaysWhat()
    {
        await using var host = await RunningHost.StartAsync();
        var request = RunningHost.Request(1, 2);
        request.Engine = "absent";
        using var call = host.Client.MaximizeFilter(request);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Equal("engine 'absent' cannot be had here: libabsent.so is not installed", refusal.Status.Detail);
        Assert.Equal("ENGINE_UNAVAILABLE", RunningHost.Detail<ErrorInfo>(refusal).Reason);
    }

    [Fact]
    public void Pick_Auto_AcceleratorThenTheFirstThatCanBeHad()
    {
        var (first, second) = (new LinearEngine(), new LinearEngine());
        EngineEntry Entry(string name, string? whyNot, IEngine engine, bool accelerated) =>
            new(name, () => whyNot, () => engine, () => accelerated);

        Assert.Same(first, new EngineProvider([Entry("a", null, first, false), Entry("b", null, second, false)]).Pick(""));
        Assert.Same(second, new EngineProvider([Entry("a", null, first, false), Entry("b", null, second, true)]).Pick("auto"));
        Assert.Same(second, new EngineProvider([Entry("a", "gone", first, true), Entry("b", null, second, false)]).Pick("auto"));
        var none = Assert.Throws<RpcException>(() => new EngineProvider([Entry("a", "gone", first, true)]).Pick("auto"));
        Assert.Equal((StatusCode.FailedPrecondition, "no engine can be had: a: gone"), (none.StatusCode, none.Status.Detail));
    }

    private static FeatureMapsRequest Maps() => new()
    {
        Spec = RunningHost.Request(1, 1).Spec,
        Layers = { "1" },
        Picture = new Picture { Data = ByteString.FromBase64(WhitePixel) },
    };
}
