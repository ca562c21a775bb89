using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Torch;
using CnnViz.Inference.Limits;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Rpcs;
using CnnViz.Models;

// Compiled models share their graph's weights; what each keeps of its own is small.
const int compiledModelsKept = 16;

// Networks defined in requests; their weights are computed when read, so that each is a few kilobytes.
const int specModelsKept = 64;

// Settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddServiceDefaults();
builder.Services.AddOptions<ComputeGateOptions>().BindConfiguration("Compute").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<ComputeGate>();
builder.Services.AddSingleton(_ => ModelCatalog.Open(
    builder.Configuration["CNNVIZ_MODELS"] ?? "models", files: ModelFileAccess.Parse(builder.Configuration["CNNVIZ_MODEL_FILES"])));
builder.Services.AddSingleton(_ => new SpecModels(specModelsKept));
builder.Services.AddSingleton<ModelRequests>();
builder.Services.AddSingleton<IEngine>(_ => new TorchEngine());
builder.Services.AddSingleton(_ => new CompiledModelCache(compiledModelsKept));
builder.Services.AddSingleton(services => new Maximizer(
    services.GetRequiredService<CompiledModelCache>(), MaximizationLimits.Default, services.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton(services => new EngineProvider([.. services.GetServices<IEngine>()]));

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<InferenceGrpcService>();
app.MapGet("/", () => "CnnViz inference: gRPC on the other port, /health and /alive here.\n");
await app.RunAsync();
