using CnnViz.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CnnViz.Telemetry.Tests.Discovery;

/// <summary>How one service finds another, shares calls out among its replicas, and tries again.</summary>
public sealed class ServiceClientTests
{
    [Fact]
    public async Task Calls_ToTwoReplicas_TakeTurns()
    {
        await using var first = await CountedService.StartAsync(_ => StatusCode.OK);
        await using var second = await CountedService.StartAsync(_ => StatusCode.OK);
        await using var services = Services(first.Address.ToString(), second.Address.ToString());
        var client = services.GetRequiredService<InferenceService.InferenceServiceClient>();

        // Turns begin when both are connected.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (first.Calls == 0 || second.Calls == 0)
        {
            await client.ListModelsAsync(new ListModelsRequest(), cancellationToken: patience.Token);
        }

        var (before, beside) = (first.Calls, second.Calls);
        for (var i = 0; i < 40; i++)
        {
            await client.ListModelsAsync(new ListModelsRequest());
        }

        Assert.Equal((20, 20), (first.Calls - before, second.Calls - beside));
    }

    [Fact]
    public async Task Calls_WhenAReplicaHasGone_GoToTheOther()
    {
        await using var first = await CountedService.StartAsync(_ => StatusCode.OK);
        await using var second = await CountedService.StartAsync(_ => StatusCode.OK);
        await using var services = Services(first.Address.ToString(), second.Address.ToString());
        var client = services.GetRequiredService<InferenceService.InferenceServiceClient>();
        await client.ListModelsAsync(new ListModelsRequest());
        await second.DisposeAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.ListModelsAsync(new ListModelsRequest());
        }

        Assert.InRange(first.Calls, 20, 21);
    }

    [Fact]
    public async Task Call_ToAName_GoesToWhatItResolvesTo()
    {
        await using var service = await CountedService.StartAsync(_ => StatusCode.OK);
        await using var services = Services($"dns:///localhost:{service.Address.Port}");
        await services.GetRequiredService<InferenceService.InferenceServiceClient>().ListModelsAsync(new ListModelsRequest());
        Assert.Equal(1, service.Calls);
    }

    [Fact]
    public async Task Call_Unavailable_IsTriedAgain()
    {
        await using var service = await CountedService.StartAsync(call => call <= 2 ? StatusCode.Unavailable : StatusCode.OK);
        await using var services = Services(service.Address.ToString());
        await services.GetRequiredService<InferenceService.InferenceServiceClient>().ListModelsAsync(new ListModelsRequest());
        Assert.Equal(3, service.Calls);
    }

    [Fact]
    public async Task Call_UnavailableForever_EndsAfterFourTries()
    {
        await using var service = await CountedService.StartAsync(_ => StatusCode.Unavailable);
        await using var services = Services(service.Address.ToString());
        var client = services.GetRequiredService<InferenceService.InferenceServiceClient>();
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.ListModelsAsync(new ListModelsRequest()).ResponseAsync);
        Assert.Equal((StatusCode.Unavailable, 4), (failure.StatusCode, service.Calls));
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.InvalidArgument)]
    public async Task Call_RefusedOtherwise_IsNotRepeated(StatusCode status)
    {
        await using var service = await CountedService.StartAsync(_ => status);
        await using var services = Services(service.Address.ToString());
        var client = services.GetRequiredService<InferenceService.InferenceServiceClient>();
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.ListModelsAsync(new ListModelsRequest()).ResponseAsync);
        Assert.Equal((status, 1), (failure.StatusCode, service.Calls));
    }

    [Fact]
    public async Task Stream_UnavailableAfterItsFirstMessage_IsNotRepeated()
    {
        await using var service = await CountedService.StartAsync(_ => StatusCode.Unavailable);
        await using var services = Services(service.Address.ToString());
        var client = services.GetRequiredService<InferenceService.InferenceServiceClient>();
        using var call = client.FeatureMaps(new FeatureMapsRequest());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(1, service.Calls);
    }

    [Theory]
    [InlineData("services__inference__grpc__0")]
    [InlineData("services__inference__grpc__0", "")]
    [InlineData("services__inference__grpc__0", "inference:5000")]
    [InlineData("services__inference__grpc__0", "ftp://inference")]
    [InlineData("services__inference__grpc__1", "http://a", "nonsense")]
    [InlineData("all http or all https", "http://a", "https://b")]
    [InlineData("all http or all https", "dns:///a:1", "dns:///b:1")]
    public void Addresses_ThatCannotBeUsed_AreRefusedAtTheStart(string named, params string?[] addresses) => Assert.Contains(
        named, Assert.Throws<InvalidOperationException>(() => Services(addresses)).Message, StringComparison.Ordinal);

    private static ServiceProvider Services(params string?[] addresses)
    {
        var builder = WebApplication.CreateBuilder();
        for (var i = 0; i < addresses.Length; i++)
        {
            builder.Configuration[$"services:inference:grpc:{i}"] = addresses[i];
        }

        builder.AddServiceClient<InferenceService.InferenceServiceClient>("inference", "grpc");
        return builder.Services.BuildServiceProvider();
    }
}
