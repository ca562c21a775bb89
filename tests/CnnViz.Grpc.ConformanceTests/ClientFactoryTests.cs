using CnnViz.Grpc.ConformanceTests.Service;
using Grpc.Core.Interceptors;
using Grpc.Net.ClientFactory;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>Clients made by the container: options, interceptors, and the context of the call they are used in.</summary>
[Collection(TestServerGroup.Name)]
public sealed class ClientFactoryTests(TestServer server)
{
    [Fact]
    public async Task AddGrpcClient_Interceptors_RunInTheOrderAdded()
    {
        List<string> order = [];
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = server.Address)
            .AddInterceptor(() => new Marker("first", order))
            .AddInterceptor(InterceptorScope.Channel, () => new Marker("second", order));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<TestService.TestServiceClient>().EmptyCallAsync(new Empty());

        Assert.Equal(["first", "second"], order);
    }

    [Fact]
    public async Task ConfigureChannel_SendLimit_IsKept()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>("limited", options => options.Address = server.Address)
            .ConfigureChannel(channel => channel.MaxReceiveMessageSize = 1000);
        await using ServiceProvider provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<GrpcClientFactory>().CreateClient<TestService.TestServiceClient>("limited");

        Assert.Equal(900, (await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 900 })).Payload.Body.Length);
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1100 }));
        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    [Fact]
    public async Task AddGrpcClient_NoAddress_SaysSo()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(provider.GetRequiredService<TestService.TestServiceClient>);
    }

    [Fact]
    public async Task EnableCallContextPropagation_OuterDeadline_ReachesTheInnerCall()
    {
        string id = nameof(EnableCallContextPropagation_OuterDeadline_ReachesTheInnerCall);
        DateTime deadline = DateTime.UtcNow.AddMinutes(5);
        await WithRelayAsync(async client =>
        {
            await client.EmptyCallAsync(new Empty(), new Metadata { { CallLog.IdHeader, id } }, deadline);
            Assert.Equal(deadline, await server.Log.StartedAsync(id), TimeSpan.FromMinutes(1));
        });
    }

    [Fact]
    public async Task EnableCallContextPropagation_OuterCancelled_CancelsTheInnerCall()
    {
        string id = nameof(EnableCallContextPropagation_OuterCancelled_CancelsTheInnerCall);
        await WithRelayAsync(async client =>
        {
            using var cancel = new CancellationTokenSource();
            using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
                client.StreamingInputCall(new Metadata { { CallLog.IdHeader, id } }, cancellationToken: cancel.Token);
            await server.Log.StartedAsync(id);

            await cancel.CancelAsync();

            await Assert.ThrowsAsync<RpcException>(async () => await call);
            await server.Log.CancelledAsync(id);
        });
    }

    private async Task WithRelayAsync(Func<TestService.TestServiceClient, Task> test)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.UseServiceEndpoints();
        builder.Services.AddGrpc();
        builder.Services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = server.Address)
            .EnableCallContextPropagation();
        await using WebApplication app = builder.Build();
        app.MapGrpcService<Relay>();
        await app.StartAsync();
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(app.Urls.First());
        await test(new TestService.TestServiceClient(channel));
        await app.StopAsync();
    }

    /// <summary>Passes calls on, and the header that names them, but neither deadline nor token.</summary>
    private sealed class Relay(TestService.TestServiceClient inner) : TestService.TestServiceBase
    {
        public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context) =>
            await inner.EmptyCallAsync(request, IdOf(context));

        public override async Task<StreamingInputCallResponse> StreamingInputCall(
            IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
        {
            using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
                inner.StreamingInputCall(IdOf(context));
            return await call;
        }

        private static Metadata IdOf(ServerCallContext context) =>
            new() { { CallLog.IdHeader, context.RequestHeaders.GetValue(CallLog.IdHeader)! } };
    }

    private sealed class Marker(string name, List<string> order) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            order.Add(name);
            return continuation(request, context);
        }
    }
}
