using CnnViz.Render.Rpcs;
using CnnViz.Render.Upstream;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddInferenceClient();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<RenderGrpcService>();
app.MapGet("/", () => "CnnViz render: gRPC on the other port, /health and /alive here.\n");
await app.RunAsync();
