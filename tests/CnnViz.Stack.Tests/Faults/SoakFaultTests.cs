using System.Globalization;
using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>
/// One fault after another, drawn from a seed, for long: each falls on a run that clients in two languages watch, while two load
/// clients call. Nothing is lost, told twice, wrong or left behind.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class SoakFaultTests(ITestOutputHelper output)
{
    private const int Replicas = 3;
    private const int Seed = 1;

    private static readonly TimeSpan _hold = TimeSpan.FromSeconds(4);

    [RedisFact]
    [Trait(SoakTime.Category, SoakTime.Soak)]
    public async Task Faults_ForLong_NothingIsLostToldTwiceOrWrong()
    {
        await using var stack = await ReplicaStack.StartAsync(Replicas);
        var expected = await ResultsAsync(stack);
        var clients = await Load.StartAsync(stack.Endpoints, parallel: 1);
        try
        {
            var (time, random, counts) = (new SoakTime(), new Random(Seed), new SortedDictionary<string, int>());
            var (events, pauses) = (0, new List<double>());
            while (!time.Over)
            {
                var (on, fault) = (random.Next(Replicas), random.Next(6));
                var run = await stack.StartAsync(StreamFaultTests.Request(), on, (on + 1) % Replicas);
                await using var node = await Watching.NodeAsync(stack.Endpoints, run);
                await using var python = Watching.Python(stack.Endpoints, run);
                await Task.WhenAll(node.ReachesAsync(1), python.ReachesAsync(1));
                var name = await DisturbAsync(stack, stack.Inference[on], fault);
                counts[name] = counts.GetValueOrDefault(name) + 1;
                foreach (var watcher in new[] { node, python })
                {
                    var told = await watcher.EndAsync();
                    Assert.Equal(Enumerable.Range(1, told.Count), told.Select(one => one.Sequence));
                    Assert.Equal("completed", told[^1].Kind);
                    Assert.Equal(expected, watcher.Results());
                    events += told.Count;
                    pauses.Add(watcher.LongestPause().TotalSeconds);
                }
            }

            output.WriteLine(string.Join(", ", counts.Select(count => $"{count.Key}: {count.Value}")));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{2 * counts.Values.Sum()} watchers, {events} events, each once; longest pause: median "
                + $"{pauses.Order().ElementAt(pauses.Count / 2):f1} s, worst {pauses.Max():f1} s"));
            foreach (var (name, load) in new[] { "grpc-js", "grpcio" }.Zip(await Load.EndAsync(clients)))
            {
                output.WriteLine($"{name}: {load.Calls} calls, none failed, {load.Again} streams were asked for again");
            }

            Assert.True(counts.Count > 2, "too few faults fell in the time");
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    private static async Task<Dictionary<int, string>> ResultsAsync(ReplicaStack stack)
    {
        var run = await stack.StartAsync(StreamFaultTests.Request(), on: 0, seenBy: 1);
        await using var watching = await Watching.NodeAsync(stack.Endpoints, run);
        await watching.EndAsync();
        return watching.Results();
    }

    private static async Task<string> DisturbAsync(ReplicaStack stack, ServiceProcess replica, int fault)
    {
        switch (fault)
        {
            case 0:
                await replica.KillAsync();
                await replica.StartAgainAsync();
                return "replica killed";
            case 1:
                replica.Hold();
                await Task.Delay(_hold);
                replica.Resume();
                return "replica held";
            case 2:
                Assert.Equal(0, await replica.TerminateAsync());
                await replica.StartAgainAsync();
                return "replica ended";
            case 3:
                await stack.Redis.PauseAsync();
                await Task.Delay(_hold);
                await stack.Redis.ResumeAsync();
                return "Redis held";
            case 4:
                await stack.Redis.KillAsync();
                await stack.Redis.StartAgainAsync();
                return "Redis killed";
            default:
                await RedisFaultTests.DamageAsync(stack.Redis);
                return "values overwritten";
        }
    }
}
