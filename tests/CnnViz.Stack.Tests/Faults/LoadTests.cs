using System.Text.Json;
using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>Replicas that share their work, under many callers.</summary>
[Collection(FaultsCollection.Name)]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Callers = 100;
    private const int Watchers = 500;

    [RedisFact]
    public async Task MaximizeFilter_100EqualCallsOverTwoReplicasAndOneCancels_ComputedOnceForAllOthers()
    {
        await using var stack = await ReplicaStack.StartAsync(2, settings: ("Cache__BudgetMilliseconds", "20000"));
        var request = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_10",
            Filters = { 3, 4 },
            Threads = 1,
            Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Steps = 300, Height = 96, Width = 96 },
        };

        // The first of them, whose call began the computation, is the one that leaves.
        using var leaving = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var left = AnswerAsync(stack.Numbers(0), request, () => begun.TrySetResult(), leaving.Token);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(2));
        var others = Enumerable.Range(1, Callers - 1)
            .Select(i => AnswerAsync(stack.Numbers(i % 2), request, () => { }, CancellationToken.None))
            .ToList();
        var second = new TaskCompletionSource();
        others.Add(AnswerAsync(stack.Numbers(0), request, () => second.TrySetResult(), CancellationToken.None));
        await second.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await leaving.CancelAsync();

        var cancelled = await Assert.ThrowsAsync<RpcException>(() => left);
        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
        var answers = await Task.WhenAll(others).WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Single(answers.Select(answer => answer.Digest).Distinct());
        Assert.Single(answers.Select(answer => answer.RunId).Distinct());
        var computed = stack.Inference.Sum(replica => replica.Log.Split("filters of nanodet").Length - 1);
        output.WriteLine($"{answers.Length} equal calls over two replicas, and one that left: {computed} computation");
        Assert.Equal(1, computed);
    }

    [RedisFact]
    public async Task Watch_500StreamsOfOneProcess_AllCompleteWithTheSameEvents()
    {
        await using var stack = await ReplicaStack.StartAsync(2);
        var run = (await stack.Runs(0).StartAsync(new MaximizationServiceStartRequest
        {
            Request = new MaximizeFilterRequest
            {
                Model = "nanodet",
                Layer = "Add_10",
                Filters = { 1 },
                NoCache = true,
                Threads = 1,
                Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Steps = 1000, Height = 64, Width = 64 },
            },
        })).Run.RunId;
        await using var client = await ClientProcess.NodeAsync(
            ClientProcess.Beside("many_watchers.mjs"),
            Path.Combine(RepositoryPaths.Root, "clients", "node"),
            Path.Combine(RepositoryPaths.Root, "protos"),
            $"{Watchers}", run, stack.Endpoints);
        await client.WhenAsync(line => line == "all watch");
        var during = (await stack.Runs(0).GetAsync(new MaximizationServiceGetRequest { RunId = run })).Run;
        var said = JsonSerializer.Deserialize<JsonElement>(await client.EndAsync());

        Assert.Empty(said.GetProperty("failed").EnumerateArray().Select(failure => failure.GetString()));
        Assert.Equal(Watchers, said.GetProperty("completed").GetInt32());
        var digest = Assert.Single(said.GetProperty("digests").EnumerateObject());
        Assert.Equal(Watchers, digest.Value.GetInt32());
        output.WriteLine($"{Watchers} streams of one grpc-js process over two replicas: all watched at event {during.LastSequence}, "
            + $"while the run was {during.State}; {said.GetProperty("events")} events in all, the same for each");
    }

    private static async Task<(string RunId, string Digest)> AnswerAsync(
        InferenceService.InferenceServiceClient client, MaximizeFilterRequest request, Action begun, CancellationToken cancellation)
    {
        using var call = client.MaximizeFilter(request, cancellationToken: cancellation);
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256);
        var (run, next) = ("", 1UL);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            begun();
            Assert.Equal(next++, message.Event.Sequence);
            run = message.Event.RunId;
            hash.AppendData((message.Event.Chunk?.Data ?? Google.Protobuf.ByteString.Empty).Span);
        }

        return (run, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
