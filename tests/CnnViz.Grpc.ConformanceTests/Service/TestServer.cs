using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CnnViz.Grpc.ConformanceTests.Service;

/// <summary>A host like the product's, on free ports of this machine, with the test service.</summary>
public sealed class TestServer : IAsyncLifetime
{
    /// <summary>Largest message the server takes, in bytes; the platform's default.</summary>
    public const int MaxReceiveBytes = 4 * 1024 * 1024;

    private readonly WebApplication _app;

    public TestServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = "Test",
        });
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults(MaxReceiveBytes);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CallLog>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<IPostConfigureOptions<GrpcServiceOptions>, RecordCompression>();
        _app = builder.Build();
        _app.MapGrpcService<InteropService>();
        _app.MapDefaultEndpoints();
    }

    /// <summary>Where gRPC is served: cleartext HTTP/2.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The server's own services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>What the server saw of calls.</summary>
    public CallLog Log => Services.GetRequiredService<CallLog>();

    /// <summary>A client channel to the server.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
        Channel = GrpcChannel.ForAddress(Address);
    }

    public async Task DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Starts the server's shutdown and ends when it has stopped.</summary>
    public Task StopAsync() => _app.StopAsync();

    private sealed class RecordCompression(IHttpContextAccessor accessor) : IPostConfigureOptions<GrpcServiceOptions>
    {
        public void PostConfigure(string? name, GrpcServiceOptions options)
        {
            for (int i = 0; i < options.CompressionProviders.Count; i++)
                options.CompressionProviders[i] = new RecordingCompressionProvider(options.CompressionProviders[i], accessor);
        }
    }
}

/// <summary>The tests that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class TestServerGroup : ICollectionFixture<TestServer>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "test server";
}
