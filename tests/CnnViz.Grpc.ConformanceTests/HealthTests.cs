using CnnViz.Grpc.ConformanceTests.Service;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.DependencyInjection;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>The gRPC health protocol as the product's hosts serve it.</summary>
[Collection(TestServerGroup.Name)]
public sealed class HealthTests(TestServer server)
{
    private readonly HealthClient _client = new(server.Channel);

    [Fact]
    public async Task Check_TheServer_IsServing()
    {
        HealthCheckResponse response = await _client.CheckAsync(new HealthCheckRequest());
        Assert.Equal(ServingStatus.Serving, response.Status);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await _client.CheckAsync(new HealthCheckRequest { Service = "no.such.Service" }));
        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
    }

    [Fact]
    public async Task Watch_UnknownService_SendsServiceUnknownAndStaysOpen()
    {
        const string Service = "comes.later";
        using AsyncServerStreamingCall<HealthCheckResponse> call = _client.Watch(new HealthCheckRequest { Service = Service });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));

        var health = server.Services.GetRequiredService<HealthServiceImpl>();
        health.SetStatus(Service, ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        health.SetStatus(Service, ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        health.ClearStatus(Service);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
    }

    [Fact]
    public async Task Watch_ServerStops_SendsNotServingAndEnds()
    {
        var stopping = new TestServer();
        await stopping.InitializeAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> call = new HealthClient(stopping.Channel)
            .Watch(new HealthCheckRequest());
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));

        Task stopped = stopping.StopAsync();

        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        Assert.False(await call.ResponseStream.MoveNext());
        await stopped;
        await stopping.DisposeAsync();
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current.Status;
    }
}
