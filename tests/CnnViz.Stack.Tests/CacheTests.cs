using System.Diagnostics;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests;

/// <summary>Answers that the running stack keeps.</summary>
[Collection(StackCollection.Name)]
public sealed class CacheTests(StackFixture stack, ITestOutputHelper output)
{
    [Fact]
    public async Task RenderMaximization_AskedAgain_TheSameEventsAndPictureFromMemory()
    {
        var request = Maximization(seed: 401);
        var first = await MaximizationAsync(request);
        var again = await MaximizationAsync(request);

        Assert.Equal((CacheState.Miss, CacheState.Memory), (State(first), State(again)));
        Assert.Contains(first, message => message.Event?.Progress is not null);
        Assert.Equal(CacheState.Memory, again[0].Event.Started.Execution.Cache);
        Assert.Equal(first.Select(Bare), again.Select(Bare));
    }

    [Fact]
    public async Task RenderMaximization_CachedAndComputed_TimesToCompare()
    {
        const int Computed = 3;
        const int Cached = 100;
        var request = Maximization(seed: 402);
        request.Maximize.Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Seed = 402, Steps = 64 };
        var kept = await MaximizationAsync(request);
        request.Maximize.NoCache = true;
        var computed = new List<double>();
        for (var i = 0; i < Computed; i++)
        {
            var (messages, time) = await TimedAsync(request);
            Assert.Equal(CacheState.Unspecified, State(messages));
            computed.Add(time);
        }

        request.Maximize.NoCache = false;
        var cached = new List<double>();
        for (var i = 0; i < Cached; i++)
        {
            var (messages, time) = await TimedAsync(request);
            Assert.Equal(CacheState.Memory, State(messages));
            Assert.Equal(Header(kept).Sha256, Header(messages).Sha256);
            cached.Add(time);
        }

        var (slow, fast) = (Median(computed), Median(cached));
        output.WriteLine($"a picture of 128 x 128 after 64 steps: computed {slow:f0} ms (median of {Computed}), cached {fast:f2} ms "
            + $"(median of {Cached}), {slow / fast:f0} times as fast");
    }

    [Fact]
    public async Task RenderMaximization_100EqualCallsAtOnce_ComputedOnce()
    {
        var request = Maximization(seed: 403);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => MaximizationAsync(request)));
        Assert.Single(answers, answer => State(answer) == CacheState.Miss);
        Assert.All(answers, answer => Assert.Equal(Header(answers[0]).Sha256, Header(answer).Sha256));
        Assert.Single(answers.Select(answer => answer[0].Event.RunId).Distinct());
    }

    [Fact]
    public async Task RenderFilters_AskedAgain_TheSamePictureFromMemory_AndDrawnAnewWithNoCache()
    {
        var request = new RenderFiltersRequest { Model = "nanodet", Layer = "Add_4", First = 7 };
        var first = await FiltersAsync(request);
        var again = await FiltersAsync(request);
        request.NoCache = true;
        var anew = await FiltersAsync(request);

        Assert.Equal(
            [CacheState.Miss, CacheState.Memory, CacheState.Unspecified], new[] { first, again, anew }.Select(answer => answer[0].Picture.Cache));
        Assert.Equal(first[0].Picture.Sha256, again[0].Picture.Sha256);
        Assert.Equal(first[0].Picture.Sha256, anew[0].Picture.Sha256);
        Assert.Equal(first.Skip(1), again.Skip(1));
    }

    [Fact]
    public async Task RenderFeatureMaps_AskedAgain_TheSamePicturesFromMemory_AnotherPhotoIsAnother()
    {
        var photo = await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));
        var request = new RenderFeatureMapsRequest
        {
            Maps = new FeatureMapsRequest
            {
                Model = "nanodet",
                Layers = { "Add_4", "Add_10" },
                Picture = new Picture { Data = ByteString.CopyFrom(photo) },
                Height = 96,
                Width = 96,
            },
        };
        var first = await FeatureMapsAsync(request);
        var again = await FeatureMapsAsync(request);
        request.Maps.Picture.Data = ByteString.CopyFrom(
            await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "coffee.png")));
        var other = await FeatureMapsAsync(request);

        Assert.Equal(2, first.Count);
        Assert.Equal([CacheState.Miss, CacheState.Memory, CacheState.Miss], new[] { first, again, other }.Select(headers => headers[0].Cache));
        Assert.Equal(first.Select(header => header.Sha256), again.Select(header => header.Sha256));
        Assert.NotEqual(first[0].Sha256, other[0].Sha256);
    }

    private static RenderMaximizationRequest Maximization(ulong seed) =>
        new() { Maximize = RefusalTests.Request(request => request.Settings.Seed = seed) };

    private static PictureHeader Header(List<RenderMaximizationResponse> answer) =>
        answer.Single(message => message.Picture is not null).Picture;

    private static CacheState State(List<RenderMaximizationResponse> answer) => Header(answer).Cache;

    private static ByteString Bare(RenderMaximizationResponse message)
    {
        var bare = message.Clone();
        if ((bare.Event?.Started?.Execution ?? bare.Picture?.Execution) is { } execution)
        {
            execution.Cache = CacheState.Unspecified;
        }

        if (bare.Picture is { } picture)
        {
            picture.Cache = CacheState.Unspecified;
        }

        return bare.ToByteString();
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private async Task<(List<RenderMaximizationResponse> Answer, double Milliseconds)> TimedAsync(RenderMaximizationRequest request)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = await MaximizationAsync(request);
        return (answer, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private async Task<List<RenderMaximizationResponse>> MaximizationAsync(RenderMaximizationRequest request)
    {
        using var call = stack.Render.RenderMaximization(request);
        return await AllAsync(call.ResponseStream);
    }

    private async Task<List<RenderFiltersResponse>> FiltersAsync(RenderFiltersRequest request)
    {
        using var call = stack.Render.RenderFilters(request);
        return await AllAsync(call.ResponseStream);
    }

    private async Task<List<PictureHeader>> FeatureMapsAsync(RenderFeatureMapsRequest request)
    {
        using var call = stack.Render.RenderFeatureMaps(request);
        return [.. (await AllAsync(call.ResponseStream)).Select(message => message.Picture).OfType<PictureHeader>()];
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncStreamReader<T> stream)
    {
        var all = new List<T>();
        await foreach (var message in stream.ReadAllAsync())
        {
            all.Add(message);
        }

        return all;
    }
}
