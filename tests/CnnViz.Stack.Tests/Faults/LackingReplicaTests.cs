using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>The replica that is left after a kill has not got the run's model.</summary>
[Collection(FaultsCollection.Name)]
public sealed class LackingReplicaTests(ITestOutputHelper output)
{
    [RedisFact]
    public async Task Kill9_TheReplicaThatIsLeftLacksTheModel_TheRunWaitsForOneThatHasIt()
    {
        using var empty = new TemporaryFolder();
        await using var stack = await ReplicaStack.StartAsync(1);
        await stack.AddReplicaAsync(("CNNVIZ_MODELS", empty.Path));
        var run = await BeginAsync(stack);
        await using var watching = await Watching.NodeAsync(stack.Inference[1].Grpc.Authority, run);
        await watching.ReachesAsync(50);
        await stack.Inference[0].KillAsync();
        await LeftAsync(stack.Inference[1], run);

        Assert.Equal(RunState.Running, (await stack.GetAsync(1, run)).State);
        await stack.AddReplicaAsync();
        var events = await watching.EndAsync();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(told => told.Sequence));
        Assert.Equal("completed", events[^1].Kind);
        var known = await stack.GetAsync(1, run);
        Assert.Equal((RunState.Succeeded, 1), (known.State, known.Takeovers));
        output.WriteLine($"the run waited {watching.LongestPause().TotalSeconds:f1} s for a replica with its model");
    }

    [RedisFact]
    public async Task Kill9_NoReplicaHasTheModelForLong_TheRunFailsWithWhatTheyLack()
    {
        using var empty = new TemporaryFolder();
        await using var stack = await ReplicaStack.StartAsync(1);
        await stack.AddReplicaAsync(("CNNVIZ_MODELS", empty.Path), ("Runs__OrphanTime", "00:00:01"));
        var run = await BeginAsync(stack);
        await stack.Inference[0].KillAsync();
        await LeftAsync(stack.Inference[1], run);

        using var call = stack.Runs(1).Watch(new MaximizationServiceWatchRequest { RunId = run });
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var message in call.ResponseStream.ReadAllAsync())
            {
                Assert.Null(message.Event.Completed);
            }
        });
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Contains("nanodet", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, (await stack.GetAsync(1, run)).State);
    }

    private static Task<string> BeginAsync(ReplicaStack stack) => stack.StartAsync(
        new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_10",
            Filters = { 0, 1 },
            NoCache = true,
            Threads = 1,
            Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Steps = 400, Height = 96, Width = 96 },
        },
        on: 0,
        seenBy: 1);

    private static Task LeftAsync(ServiceProcess replica, string run) => StackRuns.UntilAsync(
        () => Task.FromResult(replica.Log.Contains($"Run {run} is left to other replicas", StringComparison.Ordinal)));
}
