using CnnViz.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CnnViz.Telemetry.Tests.Discovery;

/// <summary>An inference service that counts its calls and answers as a test wants.</summary>
internal sealed class CountedService(Func<int, StatusCode> status) : InferenceService.InferenceServiceBase, IAsyncDisposable
{
    private WebApplication? _app;
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public Uri Address => new(_app!.Urls.First());

    /// <param name="status">How the call of a number, from 1, ends.</param>
    public static async Task<CountedService> StartAsync(Func<int, StatusCode> status)
    {
        var service = new CountedService(status);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ => service);
        service._app = builder.Build();
        service._app.MapGrpcService<CountedService>();
        await service._app.StartAsync();
        return service;
    }

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        Answer();
        return Task.FromResult(new ListModelsResponse());
    }

    public override async Task FeatureMaps(
        FeatureMapsRequest request, IServerStreamWriter<FeatureMapsResponse> responseStream, ServerCallContext context)
    {
        // Something has come before it fails: it must not be told twice.
        await responseStream.WriteAsync(new FeatureMapsResponse { Info = new FeatureMapsInfo() });
        Answer();
    }

    public async ValueTask DisposeAsync()
    {
        // The container would dispose this service, and so itself, again.
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.DisposeAsync();
        }
    }

    private void Answer()
    {
        var code = status(Interlocked.Increment(ref _calls));
        if (code != StatusCode.OK)
        {
            throw new RpcException(new Status(code, "as the test wants"));
        }
    }
}
