using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>More than a service can do is asked of it.</summary>
[Collection(FaultsCollection.Name)]
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Allowed = 4;
    private const int Asked = 40;
    private const int BombBytes = 1 << 30;

    [RedisFact]
    public async Task MaximizeFilter_TenTimesAsManyCallsAsAllowed_TheRestIsShedAtOnceAndTheAllowedEndWell()
    {
        await using var stack = await ReplicaStack.StartAsync(1, settings: ("Compute__ActiveCalls", $"{Allowed}"));
        using var all = new CancellationTokenSource();
        var holding = Enumerable.Range(0, Allowed).Select(seed => CallAsync(stack, seed, steps: 4096, all.Token)).ToList();
        await StackRuns.UntilAsync(async () =>
            (await stack.Runs(0).ListAsync(new MaximizationServiceListRequest())).Runs.Count == Allowed);

        var refusals = await Task.WhenAll(Enumerable.Range(Allowed, Asked - Allowed).Select(async seed =>
            await Assert.ThrowsAsync<RpcException>(() => CallAsync(stack, seed, steps: 4, default))));
        Assert.All(refusals, refusal =>
        {
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.True(int.Parse(refusal.Trailers.GetValue("grpc-retry-pushback-ms")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        });

        // The places of those who leave are free again.
        await all.CancelAsync();
        await Task.WhenAll(holding.Select(call => Assert.ThrowsAsync<RpcException>(() => call)));
        await StackRuns.UntilAsync(async () =>
        {
            try
            {
                await CallAsync(stack, Asked, steps: 4, default);
                return true;
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });
        output.WriteLine($"{Asked} calls where {Allowed} are allowed: {refusals.Length} shed with a time to come back");
    }

    [RedisFact]
    public async Task FeatureMaps_AGzipBombOfAGibibyte_IsRefusedAndTheServiceDoesNotGrowByIt()
    {
        await using var stack = await ReplicaStack.StartAsync(1);
        var models = await stack.Numbers(0).ListModelsAsync(new ListModelsRequest());
        var before = ProcessVitals.Of(stack.Inference[0].Id).Bytes;
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(stack.Inference[0].Grpc, "/cnnviz.v1.InferenceService/FeatureMaps"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Bomb()),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.Add("grpc-encoding", "gzip");
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();

        var status = response.TrailingHeaders.Concat(response.Headers).First(header => header.Key == "grpc-status").Value.Single();
        Assert.Equal(((int)StatusCode.ResourceExhausted).ToString(System.Globalization.CultureInfo.InvariantCulture), status);
        var grown = ProcessVitals.Of(stack.Inference[0].Id).Bytes - before;
        Assert.True(grown < BombBytes / 4, $"the service grew by {grown >> 20} MiB");
        Assert.Equal(models, await stack.Numbers(0).ListModelsAsync(new ListModelsRequest()));
        output.WriteLine($"a message of 1 GiB in {Bomb().Length >> 10} KiB: refused, the service grew by {grown >> 20} MiB");
    }

    /// <summary>A gRPC message of a gibibyte of zeros, compressed.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        packed.Write([1, 0, 0, 0, 0]);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < BombBytes / zeros.Length; i++)
            {
                gzip.Write(zeros);
            }
        }

        var message = packed.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 5);
        return message;
    }

    private static async Task CallAsync(ReplicaStack stack, int seed, int steps, CancellationToken cancellation)
    {
        using var call = stack.Numbers(0).MaximizeFilter(
            new MaximizeFilterRequest
            {
                Model = "nanodet",
                Layer = "Add_10",
                Filters = { 0 },
                Threads = 1,
                Settings = new MaximizationSettings
                {
                    Recipe = Recipe.Lucid,
                    Height = 64,
                    Width = 64,
                    Steps = steps,
                    Seed = (ulong)seed,
                },
            },
            cancellationToken: cancellation);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            Assert.True(message.Event.Sequence > 0);
        }
    }
}
