using CnnViz.Cache;
using CnnViz.Render.Cache;
using CnnViz.Render.Rpcs;
using CnnViz.Render.Telemetry;
using CnnViz.Render.Upstream;

// Settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddServiceDefaults();
builder.AddInferenceClient();
builder.AddResultCache();
builder.Services.AddSingleton<RenderTelemetry>();
builder.Services.AddSingleton<RenderCaches>();
builder.Services.AddSingleton<PictureAddresses>();
builder.AddGrpcReadiness(CnnViz.V1.RenderService.Descriptor.FullName);

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<RenderGrpcService>();
app.MapGet("/", () => "CnnViz render: gRPC on the other port, /health, /alive and /metrics here.\n");
await app.RunAsync();
