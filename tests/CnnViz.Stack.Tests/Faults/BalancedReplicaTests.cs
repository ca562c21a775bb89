using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit.Abstractions;
using Process = System.Diagnostics.Process;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>The product's app host, run inside the test, with two replicas of inference behind one address.</summary>
[Collection(FaultsCollection.Name)]
public sealed class BalancedReplicaTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [RedisFact]
    public async Task Kill9_OneOfTwoReplicasBehindOneAddress_ItComesBackAndNoCallFails()
    {
        using var limit = new CancellationTokenSource(_limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.CnnViz_AppHost>(
            ["--CNNVIZ_INFERENCE_REPLICAS", "2"], limit.Token);
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("render", limit.Token);
        var address = app.GetEndpoint("inference", "grpc");
        Assert.NotNull(await app.GetConnectionStringAsync("redis", limit.Token));
        using (var http = app.CreateHttpClient("inference"))
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), limit.Token));

        using var channel = GrpcChannel.ForAddress(address);
        var client = new InferenceService.InferenceServiceClient(channel);
        var clients = await Load.StartAsync(address.Authority, parallel: 2);
        try
        {
            var replicas = await ReplicasAsync(app, limit.Token);
            var (victim, pid) = replicas.First();
            Process.GetProcessById(pid).Kill();
            await app.ResourceNotifications.WaitForResourceAsync(
                "inference", e => e.ResourceId == victim && e.Snapshot.State?.Text == "Restarting", limit.Token);
            // The other one answers meanwhile.
            await client.ListModelsAsync(new ListModelsRequest(), cancellationToken: limit.Token);
            var back = await app.ResourceNotifications.WaitForResourceAsync(
                "inference",
                e => e.ResourceId == victim && e.Snapshot.HealthStatus is HealthStatus.Healthy && PidOf(e) != pid,
                limit.Token);
            Assert.NotEqual(pid, PidOf(back));

            foreach (var (name, load) in new[] { "grpc-js", "grpcio" }.Zip(await Load.EndAsync(clients)))
            {
                output.WriteLine(
                    $"one of 2 replicas killed: {name} made {load.Calls} calls, none failed, {load.Again} streams again");
            }
        }
        finally
        {
            foreach (var load in clients)
                await load.DisposeAsync();
        }

        var warmed = await app.ResourceCommands.ExecuteCommandAsync(
            (await ReplicasAsync(app, limit.Token)).Keys.First(), "warm-model", limit.Token);
        Assert.True(warmed.Success, warmed.ErrorMessage);
        var cleared = await app.ResourceCommands.ExecuteCommandAsync("redis", "clear-cache", limit.Token);
        Assert.True(cleared.Success, cleared.ErrorMessage);
    }

    /// <summary>The replicas of inference that run, and their processes.</summary>
    private static async Task<IReadOnlyDictionary<string, int>> ReplicasAsync(
        DistributedApplication app, CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, int>();
        await foreach (var state in app.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (state.Resource.Name == "inference" && state.Snapshot.State?.Text == KnownResourceStates.Running)
                running[state.ResourceId] = PidOf(state);
            if (running.Count == 2)
                break;
        }

        return running;
    }

    private static int PidOf(ResourceEvent state)
        => state.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is int pid ? pid : 0;
}
