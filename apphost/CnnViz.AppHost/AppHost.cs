// The stack: Redis for the shared cache, inference, and render, which calls inference. Settings (environment or command line):
//   CNNVIZ_MODELS                                    folder of the models; by default models/ of this repository
//   CNNVIZ_MODEL_FILES                               a folder (absolute): a request may name a model below it by its file's
//                                                    absolute path; 1: a file anywhere; by default off
//   CNNVIZ_MODEL_UPLOADS                             1: models may be uploaded and deleted over gRPC; by default off
//   CNNVIZ_INFERENCE_REPLICAS                        how many processes of inference, behind one address; 1 by default; runs are
//                                                    known to all of them where Redis is there
//   CNNVIZ_INFERENCE_PORT, CNNVIZ_RENDER_PORT        fixed ports for gRPC; free ones by default
//   CNNVIZ_INFERENCE_HTTP_PORT, CNNVIZ_RENDER_HTTP_PORT  the same for HTTP/1.1 (/health, /alive)
//   Callers__*, Limits__*, Drain__*, Tls__*          handed on to inference and render (docs/callers-and-limits.md), Upstream__*
//                                                    to render; files by their absolute paths
//   Parameters__service-key                          the key that render calls inference with; by default its callers' own
//   Parameters__warm-model                           what the command "warm-model" of inference loads; nanodet by default
//   CNNVIZ_DEPLOY_TO                                 what publishing (aspire publish) writes: "compose", the default, or
//                                                    "kubernetes"; a run has no use for it
//   ASPNETCORE_URLS                                  where the dashboard listens; no dashboard by default
//   CNNVIZ_ENDPOINTS_FILE                            where to write the addresses once everything is healthy
using CnnViz.AppHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

try
{
    var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = args,
        // `./cnnviz up` and the launch profile say where the dashboard listens; else there is none.
        DisableDashboard = Environment.GetEnvironmentVariable(DashboardAddress.UrlsVariable) is null,
        AllowUnsecuredTransport = true,
    });

    builder.AddDeploymentTarget("CNNVIZ_DEPLOY_TO");
    var redis = builder.AddRedis("redis").WithClearCacheCommand();
    var warmModel = builder.AddParameter("warm-model", "nanodet");

    // Nobody waits for Redis: without it, or before it is up, the services cache in memory alone.
    var inference = builder.AddProject<Projects.CnnViz_Inference>("inference")
        .WithServiceEndpoints("CNNVIZ_INFERENCE")
        .WithReplicaSetting("CNNVIZ_INFERENCE_REPLICAS")
        .WithEngineEnvironment()
        .WithEnvironment(
            "CNNVIZ_MODELS", builder.Configuration["CNNVIZ_MODELS"] ?? Path.GetFullPath("../../models", builder.AppHostDirectory))
        .WithEnvironment("CNNVIZ_MODEL_FILES", builder.Configuration["CNNVIZ_MODEL_FILES"] ?? "0")
        .WithEnvironment("CNNVIZ_MODEL_UPLOADS", builder.Configuration["CNNVIZ_MODEL_UPLOADS"] ?? "0")
        .WithSharedSettings()
        .WithWarmModelCommand(warmModel)
        .WithReference(redis);

    var render = builder.AddProject<Projects.CnnViz_Render>("render")
        .WithServiceEndpoints("CNNVIZ_RENDER")
        .WithExternalHttpEndpoints()
        .WithSharedSettings()
        .WithUpstreamSettings()
        .WithReference(inference)
        .WithReference(redis)
        .WaitFor(inference);

    await using var app = builder.Build();
    await app.StartAsync();
    try
    {
        var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var endpoints = await StackEndpoints.WhenHealthyAsync(app, [inference, render], stopping);
        if (builder.Configuration["CNNVIZ_ENDPOINTS_FILE"] is { Length: > 0 } file)
            endpoints.WriteTo(file);
        endpoints.Print(Console.Out);
        if (DashboardAddress.Of(builder.Configuration) is { } dashboard)
            Console.WriteLine($"dashboard: {dashboard}");
        await app.WaitForShutdownAsync();
    }
    finally
    {
        await app.StopAsync();
    }

    return 0;
}
catch (DistributedApplicationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    // Ctrl-C before everything was healthy.
    return 0;
}
