using System.Security.Cryptography;
using System.Text;
using CnnViz.ServiceDefaults.Drain;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Tests.Support;

/// <summary>A host with the shared defaults and the contract's services, on free ports of this machine.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<GrpcChannel> _channels = [];

    private RunningHost(WebApplication app, Logs logs) => (_app, Logs) = (app, logs);

    /// <summary>How long a test waits for what must come.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public Logs Logs { get; }

    public Gate Gate => _app.Services.GetRequiredService<Gate>();

    public DrainState Drain => _app.Services.GetRequiredService<DrainState>();

    public Uri Grpc => new(_app.Urls.First());

    public Uri Http => new(_app.Urls.Last());

    public WebApplication App => _app;

    /// <param name="settings">As "Section:Name=value".</param>
    public static async Task<RunningHost> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder([.. settings.Select(setting => "--" + setting)]);
        var logs = new Logs();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace).AddFilter(_ => true);
        builder.AddServiceDefaults();
        builder.Services.AddSingleton<Gate>();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGrpcService<Inference>();
        app.MapGrpcService<Maximizations>();
        app.MapGrpcService<Models>();
        app.MapGrpcService<Renderings>();
        await app.StartAsync();
        return new RunningHost(app, logs);
    }

    /// <summary>Settings of a key.</summary>
    public static string[] Key(int index, string name, string key, params string[] permissions) =>
    [
        $"Callers:Keys:{index}:Name={name}",
        $"Callers:Keys:{index}:Sha256={Sha256(key)}",
        .. permissions.Select((permission, i) => $"Callers:Keys:{index}:Permissions:{i}={permission}"),
    ];

    public static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A detail of an error's google.rpc.Status.</summary>
    public static T Detail<T>(RpcException refusal)
        where T : class, IMessage<T>, new()
    {
        var status = Google.Rpc.Status.Parser.ParseFrom(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
        return status.Details.Single(detail => detail.Is(new T().Descriptor)).Unpack<T>();
    }

    public GrpcChannel Channel(HttpMessageHandler? handler = null)
    {
        var channel = GrpcChannel.ForAddress(Grpc, new GrpcChannelOptions { HttpHandler = handler });
        _channels.Add(channel);
        return channel;
    }

    public InferenceService.InferenceServiceClient Client() => new(Channel());

    /// <summary>Who the service says is calling.</summary>
    public async Task<string> NameAsync(Metadata headers, HttpMessageHandler? handler = null) =>
        (await new InferenceService.InferenceServiceClient(Channel(handler)).ModelInfoAsync(new ModelInfoRequest(), headers)).Name;

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        Gate.Open.TrySetResult();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
