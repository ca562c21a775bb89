using System.Diagnostics;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>The replica that computes a run is killed, held or ended while clients in two languages watch the run.</summary>
[Collection(FaultsCollection.Name)]
public sealed class StreamFaultTests(ITestOutputHelper output)
{
    private const int Steps = 180;

    // What a busy machine does not exceed: these are tests of what is told, not of how fast.
    private static readonly (string, string)[] _patient =
        [("Runs__BudgetMilliseconds", "20000"), ("Cache__BudgetMilliseconds", "20000")];

    [RedisFact]
    public async Task Kill9_InMidStream_BothWatchersHearEveryEventOnceAndTheBitsAreThoseOfAnUndisturbedRun()
    {
        await using var stack = await ReplicaStack.StartAsync(2, settings: _patient);
        await DisturbAsync(stack, "kill -9", Steps / 3, () => stack.Inference[0].KillAsync());
    }

    [RedisFact]
    public async Task SigStop_InMidStream_AnotherReplicaGoesOnAndTheHeldOneTellsNothingTwiceWhenItWakes()
    {
        await using var stack = await ReplicaStack.StartAsync(2, settings: _patient);
        await DisturbAsync(stack, "SIGSTOP", Steps / 3, async () =>
        {
            stack.Inference[0].Hold();
            var run = (await stack.Runs(1).ListAsync(new MaximizationServiceListRequest())).Runs[0];
            await StackRuns.UntilAsync(async () => (await stack.GetAsync(1, run.RunId)).Takeovers == 1);
            stack.Inference[0].Resume();
        });
    }

    [RedisFact]
    public async Task SigTerm_InMidStream_HandedOverWithoutAGap()
    {
        await using var stack = await ReplicaStack.StartAsync(2, settings: _patient);
        await DisturbAsync(stack, "SIGTERM", Steps / 3, async () =>
            Assert.Equal(0, await stack.Inference[0].TerminateAsync()));
    }

    /// <summary>One run undisturbed, then the same while something happens to its replica.</summary>
    private async Task DisturbAsync(ReplicaStack stack, string what, int iteration, Func<Task> disturb)
    {
        var expected = await UndisturbedAsync(stack);
        var run = await stack.StartAsync(Request(), on: 0, seenBy: 1);
        await using var node = await Watching.NodeAsync(stack.Endpoints, run);
        await using var python = Watching.Python(stack.Endpoints, run);
        var (atNode, atPython) = (node.ReachesAsync(iteration), python.ReachesAsync(iteration));
        await Task.WhenAll(atNode, atPython);
        Assert.Equal(RunState.Running, (await stack.GetAsync(0, run)).State);
        var at = Stopwatch.GetTimestamp();
        await disturb();

        foreach (var watcher in new[] { node, python })
        {
            var events = await watcher.EndAsync();
            Assert.Equal(Enumerable.Range(1, events.Count), events.Select(told => told.Sequence));
            Assert.Equal(("started", "completed"), (events[0].Kind, events[^1].Kind));
            var steps = events.Where(told => told.Kind == "progress").SelectMany(told => told.Steps()).ToList();
            Assert.Equal(expected.Steps, steps.Count);
            Assert.Equal(steps.Count, steps.Distinct().Count());
            Assert.Equal(expected.Results, watcher.Results());
            output.WriteLine($"{what}: {watcher.Name} heard {events.Count} events, each once; longest pause "
                + $"{watcher.LongestPause().TotalSeconds:f2} s, {watcher.Broken} connections broke");
        }

        var known = await stack.GetAsync(1, run);
        Assert.Equal((RunState.Succeeded, 1), (known.State, known.Takeovers));
        output.WriteLine($"{what}: the run had ended {Stopwatch.GetElapsedTime(at).TotalSeconds:f2} s after it");
    }

    private static async Task<(Dictionary<int, string> Results, int Steps)> UndisturbedAsync(ReplicaStack stack)
    {
        var run = await stack.StartAsync(Request(), on: 1, seenBy: 0);
        await using var watching = await Watching.NodeAsync(stack.Endpoints.Split(',')[1], run);
        var events = await watching.EndAsync();
        Assert.Equal(0, (await stack.GetAsync(1, run)).Takeovers);
        return (watching.Results(), events.Where(told => told.Kind == "progress").SelectMany(told => told.Steps()).Count());
    }

    /// <summary>A real network, four pictures, previews on the way.</summary>
    internal static MaximizeFilterRequest Request() => new()
    {
        Model = "nanodet",
        Layer = "Add_10",
        Filters = { 0, 7, 12, 31 },
        NoCache = true,
        Threads = 1,
        Settings = new MaximizationSettings
        {
            Recipe = Recipe.Lucid,
            Steps = Steps,
            Height = 96,
            Width = 96,
            PreviewInterval = 60,
            Seed = 11,
        },
    };
}
