using CnnViz.Cache.Tests.Support;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>Replicas are replaced one after another, as an update does it, while clients in two languages call.</summary>
[Collection(FaultsCollection.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    [RedisFact]
    public async Task SigTermAndStart_OneReplicaAfterAnother_NoCallFailsAndNoAnswerChanges()
    {
        await using var stack = await ReplicaStack.StartAsync(3);
        var clients = await Load.StartAsync(stack.Endpoints, parallel: 3);
        try
        {
            foreach (var replica in stack.Inference)
            {
                Assert.Equal(0, await replica.TerminateAsync());
                await replica.StartAgainAsync();
            }

            foreach (var (name, load) in new[] { "grpc-js", "grpcio" }.Zip(await Load.EndAsync(clients)))
            {
                output.WriteLine($"3 replicas restarted: {name} made {load.Calls} calls, none failed, {load.Again} streams were asked "
                    + $"for again, longest call {load.WorstMs:f0} ms");
            }
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }
}
