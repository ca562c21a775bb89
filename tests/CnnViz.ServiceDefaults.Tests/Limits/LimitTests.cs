using CnnViz.ServiceDefaults.Tests.Support;
using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Tests.Limits;

/// <summary>What one caller may have under way, over the wire.</summary>
public sealed class LimitTests
{
    private static readonly string[] _two =
    [
        .. RunningHost.Key(0, "one", "key-1", "infer"),
        .. RunningHost.Key(1, "two", "key-2", "infer"),
    ];

    [Fact]
    public async Task MaximizeFilter_BeyondTheCallersLimit_ResourceExhaustedAndOthersAreServed()
    {
        await using var host = await RunningHost.StartAsync([.. _two, "Limits:Computing=2", "Limits:RetryAfterMs=1250"]);
        var client = host.Client();
        using var first = client.MaximizeFilter(new(), Key("key-1"));
        using var second = client.MaximizeFilter(new(), Key("key-1"));
        Assert.True(await first.ResponseStream.MoveNext() && await second.ResponseStream.MoveNext());

        using var third = client.MaximizeFilter(new(), Key("key-1"));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => third.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("1250", refusal.Trailers.GetValue("grpc-retry-pushback-ms"));
        Assert.Equal(TimeSpan.FromMilliseconds(1250), RunningHost.Detail<RetryInfo>(refusal).RetryDelay.ToTimeSpan());
        Assert.Equal("CALLER_BUSY", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        Assert.Contains("2 computing calls", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("Limits:Computing", refusal.Status.Detail, StringComparison.Ordinal);

        // Short calls and watch streams are counted apart, and other callers' too.
        await client.ModelInfoAsync(new(), Key("key-1"));
        var watching = new MaximizationService.MaximizationServiceClient(host.Channel());
        using var watch = watching.Watch(new(), Key("key-1"));
        using var others = client.MaximizeFilter(new(), Key("key-2"));
        Assert.True(await others.ResponseStream.MoveNext());

        // A place is free when its call has ended.
        first.Dispose();
        using var limit = new CancellationTokenSource(RunningHost.Patience);
        while (!await TryAsync(client))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task Watch_BeyondTheCallersLimit_ResourceExhausted()
    {
        await using var host = await RunningHost.StartAsync([.. _two, "Limits:Watching=1"]);
        var client = new MaximizationService.MaximizationServiceClient(host.Channel());
        using var first = client.Watch(new(), Key("key-1"));
        Assert.True(await host.Gate.Arrived.WaitAsync(RunningHost.Patience));
        using var second = client.Watch(new(), Key("key-1"));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => second.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("Limits:Watching", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelInfo_FasterThanTheCallersRate_ResourceExhaustedWithTheTimeToWait()
    {
        await using var host = await RunningHost.StartAsync([.. _two, "Limits:CallsPerSecond=0.001", "Limits:Burst=3"]);
        var client = host.Client();
        for (var i = 0; i < 3; i++)
        {
            await client.ModelInfoAsync(new(), Key("key-1"));
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.ModelInfoAsync(new(), Key("key-1")).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("CALLER_RATE", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        Assert.InRange(RunningHost.Detail<RetryInfo>(refusal).RetryDelay.ToTimeSpan().TotalSeconds, 1, 1001);
        await client.ModelInfoAsync(new(), Key("key-2"));
    }

    [Fact]
    public async Task ModelInfo_ExemptOrOfThisMachine_NotLimited()
    {
        string[] strict = ["Limits:CallsPerSecond=0.001", "Limits:Burst=1"];
        await using (var exempt = await RunningHost.StartAsync([.. _two, .. strict, "Limits:Exempt:0=one"]))
        {
            var client = exempt.Client();
            await client.ModelInfoAsync(new(), Key("key-1"));
            await client.ModelInfoAsync(new(), Key("key-1"));
        }

        await using (var laptop = await RunningHost.StartAsync(strict))
        {
            var client = laptop.Client();
            await client.ModelInfoAsync(new());
            await client.ModelInfoAsync(new());
        }

        await using var counted = await RunningHost.StartAsync([.. strict, "Limits:Loopback=true"]);
        var peer = counted.Client();
        await peer.ModelInfoAsync(new());
        var refusal = await Assert.ThrowsAsync<RpcException>(() => peer.ModelInfoAsync(new()).ResponseAsync);
        Assert.StartsWith("127.0.0.1 may begin", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelInfo_LargerThanTheLimit_Refused()
    {
        await using var host = await RunningHost.StartAsync("Limits:MessageBytes=4096");
        var client = host.Client();
        await client.ModelInfoAsync(new ModelInfoRequest { Model = new string('a', 4000) });
        var refusal = await Assert.ThrowsAsync<RpcException>(() =>
            client.ModelInfoAsync(new ModelInfoRequest { Model = new string('a', 5000) }).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }

    private static Metadata Key(string key) => new() { { "x-api-key", key } };

    private static async Task<bool> TryAsync(InferenceService.InferenceServiceClient client)
    {
        try
        {
            using var call = client.MaximizeFilter(new(), Key("key-1"));
            return await call.ResponseStream.MoveNext();
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }
}
