// Redis, a service that uses it, and one that uses that service: the shape of the real stack. Prints "pid <name> <id>" for each.
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = DistributedApplication.CreateBuilder(args);
var redis = builder.AddRedis("redis");
var back = builder.AddProject<Projects.Fixture_Web>("back")
    .WithHttpEndpoint(name: "http", env: "FIXTURE_HTTP_PORT")
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithReference(redis)
    .WaitFor(redis);
if (builder.Configuration["replicas"] is { } replicas)
    back.WithReplicas(int.Parse(replicas, CultureInfo.InvariantCulture));
if (builder.Configuration["crash"] is { } reason)
    back.WithEnvironment("FIXTURE_CRASH", reason);
var front = builder.AddProject<Projects.Fixture_Web>("front")
    .WithHttpEndpoint(name: "http", env: "FIXTURE_HTTP_PORT")
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithReference(back)
    .WaitFor(back);
// A program that ignores SIGTERM and starts another: the hardest to get rid of.
if (builder.Configuration["stubborn"] is not null)
    builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM; sleep 1000 & echo child $!; while :; do sleep 1000; done");

var app = builder.Build();
await using (app)
{
    await app.StartAsync();
    var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    try
    {
        foreach (var name in (string[])["redis", "back", "front"])
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, WaitBehavior.StopOnResourceUnavailable, stopping);
    }
    catch (DistributedApplicationException e)
    {
        Console.Error.WriteLine(e.Message);
        await app.StopAsync();
        return 1;
    }

    using var http = new HttpClient();
    foreach (var project in (IResourceBuilder<ProjectResource>[])[back, front])
        Console.WriteLine($"pid {project.Resource.Name} {await http.GetStringAsync(new Uri($"{project.GetEndpoint("http").Url}/pid"), stopping)}");
    Console.WriteLine($"back {back.GetEndpoint("http").Url}");
    Console.WriteLine("ready");
    await app.WaitForShutdownAsync();
    return 0;
}
