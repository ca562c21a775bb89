using CnnViz.Cache;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Scheduling;
using CnnViz.Engine.Telemetry;
using CnnViz.Engine.Torch;
using CnnViz.Inference.Cache;
using CnnViz.Inference.Health;
using CnnViz.Inference.Limits;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Rpcs;
using CnnViz.Inference.Runs;
using CnnViz.Inference.Uploads;
using CnnViz.Models;
using Microsoft.Extensions.Options;

namespace CnnViz.Inference;

/// <summary>The host's parts put together.</summary>
internal static class InferenceHost
{
    // Compiled models share their graph's weights; what each keeps of its own is small.
    private const int CompiledModelsKept = 16;

    private const string EngineCheck = "engine";

    // Networks defined in requests; their weights are computed when read, so that each is a few kilobytes.
    private const int SpecModelsKept = 64;

    /// <summary>The host with the engines of this machine.</summary>
    /// <param name="args">The command line.</param>
    public static WebApplication Build(string[] args) => Build(args, Engines);

    /// <param name="args">The command line.</param>
    /// <param name="engines">The engines there are, best first without an accelerator.</param>
    public static WebApplication Build(string[] args, IReadOnlyList<EngineEntry> engines) => Build(args, (_, _) => engines);

    private static WebApplication Build(string[] args, Func<ComputeOptions, EngineMetrics, IReadOnlyList<EngineEntry>> engines)
    {
        // Settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.Services.AddOptions<ComputeOptions>().BindConfiguration("Compute").ValidateDataAnnotations()
            .Validate(options => options.MemoryBytes is 0 or >= 1 << 20, "Compute:MemoryBytes must be 0 or at least 1048576")
            .ValidateOnStart();
        builder.Services.AddSingleton<EngineMetrics>();
        builder.Services.AddSingleton(services => new LaneScheduler(
            services.GetRequiredService<IOptions<ComputeOptions>>().Value.Scheduler(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<EngineMetrics>()));
        var modelRoot = builder.Configuration["CNNVIZ_MODELS"] ?? "models";
        builder.Services.AddSingleton(_ => ModelCatalog.Open(
            modelRoot,
            files: ModelFileAccess.Parse(builder.Configuration["CNNVIZ_MODEL_FILES"])));
        builder.Services.AddSingleton(_ => new SpecModels(SpecModelsKept));
        builder.Services.AddSingleton<ModelRequests>();
        builder.AddModelUploads(modelRoot);
        builder.Services.AddSingleton(_ => new CompiledModelCache(CompiledModelsKept));
        builder.Services.AddSingleton(services => new Maximizer(
            services.GetRequiredService<CompiledModelCache>(),
            MaximizationLimits.Default,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<LaneScheduler>(),
            services.GetRequiredService<EngineMetrics>()));
        builder.Services.AddSingleton(services => new EngineProvider(
            engines(services.GetRequiredService<IOptions<ComputeOptions>>().Value, services.GetRequiredService<EngineMetrics>())));
        builder.AddResultCache();
        builder.Services.AddSingleton<InferenceCaches>();
        builder.AddRuns();
        builder.Services.AddHealthChecks().AddCheck<EngineHealthCheck>(EngineCheck).AddCheck<ModelsHealthCheck>("models");
        builder.AddGrpcReadiness(V1.InferenceService.Descriptor.FullName);
        builder.AddGrpcReadiness(V1.MaximizationService.Descriptor.FullName);
        builder.AddGrpcReadiness(V1.ModelService.Descriptor.FullName, without: EngineCheck);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGrpcService<InferenceGrpcService>();
        app.MapGrpcService<MaximizationGrpcService>();
        app.MapGrpcService<ModelGrpcService>();
        app.MapGet("/", () => "CnnViz inference: gRPC on the other port, /health, /alive and /metrics here.\n");
        return app;
    }

    /// <summary>The engines there are: a CUDA device before the CPU, and there the one made for it.</summary>
    private static IReadOnlyList<EngineEntry> Engines(ComputeOptions options, EngineMetrics metrics) =>
    [
        new EngineEntry(
            "onednn",
            () => OneDnnEngine.WhyUnavailable,
            () => metrics.Observe(new OneDnnEngine(new OneDnnEngineOptions { MemoryLimitBytes = options.MemoryBytes }))),
        new EngineEntry(
            "torch",
            () => TorchEngine.WhyUnavailable,
            () => new TorchEngine(new TorchEngineOptions { MemoryLimitBytes = options.MemoryBytes }),
            () => TorchEngine.HasCuda),
    ];
}
