using System.Net;
using CnnViz.ServiceDefaults.Tests.Support;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace CnnViz.ServiceDefaults.Tests.Drain;

/// <summary>The order in which a host stops, seen by its callers.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Stop_WithAPause_NotReadyButServingThenGone()
    {
        await using var host = await RunningHost.StartAsync("Drain:Pause=00:05:00", "Drain:Grace=00:01:00");
        var client = host.Client();
        using var watch = new HealthClient(host.Channel()).Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);
        using var probe = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await probe.GetAsync(new Uri(host.Http, "/health"))).StatusCode);

        var pausing = host.Drain.StopAsync();

        // Whoever watches hears of it at once, whoever asks too; calls are served.
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await probe.GetAsync(new Uri(host.Http, "/health"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await probe.GetAsync(new Uri(host.Http, "/alive"))).StatusCode);
        await client.ModelInfoAsync(new());
        Assert.False(pausing.IsCompleted);

        // A call that is under way stays; a new one is not taken. The second signal ends the pause.
        using var under = client.MaximizeFilter(new());
        Assert.True(await under.ResponseStream.MoveNext());
        await host.Drain.StopAsync();
        await pausing;
        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.ModelInfoAsync(new()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("STOPPING", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        host.Gate.Open.SetResult();
        Assert.False(await under.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Stop_ACallThatDoesNotEnd_UnavailableWithinTheGracePeriod()
    {
        await using var host = await RunningHost.StartAsync("Drain:Grace=00:00:02");
        using var call = host.Client().MaximizeFilter(new());
        Assert.True(await call.ResponseStream.MoveNext());
        var stopping = host.App.StopAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("STOPPING", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        await stopping.WaitAsync(RunningHost.Patience);
    }

    [Theory]
    [InlineData("Drain:Pause=-00:00:01")]
    [InlineData("Drain:Pause=01:00:00")]
    [InlineData("Drain:Grace=00:00:00")]
    public async Task Start_TimesOutOfTheirRange_Refused(string setting)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => RunningHost.StartAsync(setting));
        Assert.Contains("Drain:", refusal.Message, StringComparison.Ordinal);
    }
}
