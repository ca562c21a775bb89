// A service as small as can be: two HTTP endpoints and its environment, for the app host's tests to look at.
var crash = Environment.GetEnvironmentVariable("FIXTURE_CRASH");
if (crash is not null)
{
    Console.Error.WriteLine($"fixture: cannot go on: {crash}");
    return 3;
}

var builder = WebApplication.CreateBuilder(args);
if (Environment.GetEnvironmentVariable("FIXTURE_HTTP_PORT") is { } port)
    builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
var app = builder.Build();
app.MapGet("/health", () => "Healthy");
app.MapGet("/environment", () => Environment.GetEnvironmentVariables());
app.MapGet("/pid", () => Environment.ProcessId);
await app.RunAsync();
return 0;
