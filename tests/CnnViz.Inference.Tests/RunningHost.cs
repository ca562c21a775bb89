using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Requests;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CnnViz.Inference.Tests;

/// <summary>The host on a free port of this machine.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private RunningHost(WebApplication app, LinearEngine engine)
    {
        (_app, Engine) = (app, engine);
        Scheduler = app.Services.GetRequiredService<LaneScheduler>();
        _channel = GrpcChannel.ForAddress(app.Urls.First());
        Client = new InferenceService.InferenceServiceClient(_channel);
        Maximizations = new MaximizationService.MaximizationServiceClient(_channel);
    }

    /// <summary>How long a test waits for what must come.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public LinearEngine Engine { get; }

    public LaneScheduler Scheduler { get; }

    public InferenceService.InferenceServiceClient Client { get; }

    public MaximizationService.MaximizationServiceClient Maximizations { get; }

    /// <summary>For the host's other services.</summary>
    public GrpcChannel Channel => _channel;

    /// <summary>Ends when everything on its way to Redis is there.</summary>
    public Task WhenStoredAsync() => _app.Services.GetRequiredService<CnnViz.Cache.ResultCache>().WhenStoredAsync();

    /// <param name="settings">Of the section "Compute", as "name=value".</param>
    public static Task<RunningHost> StartAsync(params string[] settings) =>
        StartWithAsync([.. settings.Select(setting => $"--Compute:{setting}")]);

    /// <param name="arguments">Settings of any section, as "--section:name=value".</param>
    public static async Task<RunningHost> StartWithAsync(params string[] arguments)
    {
        var engine = new LinearEngine();
        IReadOnlyList<EngineEntry> engines =
        [
            new("absent", () => "libabsent.so is not installed", () => throw new InvalidOperationException("made though absent")),
            new("linear", () => null, () => engine),
        ];
        var app = InferenceHost.Build(
            ["--Compute:Lanes=2", .. arguments], engines);
        await app.StartAsync();
        return new RunningHost(app, engine);
    }

    /// <summary>A maximization of one filter of a small network of its own, computed whatever was computed before.</summary>
    /// <param name="seed">Of the network's weights: another seed is another network.</param>
    /// <param name="steps">Iterations.</param>
    public static MaximizeFilterRequest Request(int seed, int steps) => new()
    {
        Spec = new SequentialSpec
        {
            Height = 16,
            Width = 16,
            Channels = 3,
            Seed = (ulong)seed,
            Layers = { new SpecLayer { Conv2D = new Conv2dSpec { Filters = 4, Kernel = new SpecSize { Height = 3 } } } },
        },
        Layer = "1",
        Filters = { 1 },
        Settings = new MaximizationSettings { Steps = steps, Height = 16, Width = 16 },
        NoCache = true,
    };

    /// <summary>Takes both lanes until the result is disposed.</summary>
    public IDisposable HoldLanes() => new Held(Scheduler);

    /// <summary>Waits for something that no event tells of.</summary>
    public static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience));

    /// <summary>A detail of an error's google.rpc.Status.</summary>
    public static T Detail<T>(RpcException refusal)
        where T : class, IMessage<T>, new()
    {
        var status = Google.Rpc.Status.Parser.ParseFrom(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
        return status.Details.Single(detail => detail.Is(new T().Descriptor)).Unpack<T>();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly LaneTicket _ticket;

        public Held(LaneScheduler scheduler)
        {
            _ticket = scheduler.Enter();
            using var started = new ManualResetEventSlim();
            _ = scheduler.RunAsync(_ticket, scheduler.Lanes, () =>
            {
                started.Set();
                Assert.True(_release.Wait(Patience));
            });
            Assert.True(started.Wait(Patience));
        }

        public void Dispose()
        {
            _release.Set();
            _ticket.Dispose();
        }
    }
}
