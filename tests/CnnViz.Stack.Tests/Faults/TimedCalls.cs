using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>
/// Calls of several kinds through both services, one after another in several loops, until disposed. What each must answer was
/// computed before, past every cache.
/// </summary>
internal sealed class TimedCalls : IAsyncDisposable
{
    private const int Kinds = 4;
    private const int Seeds = 4;

    private readonly ReplicaStack _stack;
    private readonly ByteString _photo;
    private readonly string[] _expected;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _done = new(0);
    private List<double> _times = [];
    private Task _loops = Task.CompletedTask;

    private TimedCalls(ReplicaStack stack, ByteString photo) =>
        (_stack, _photo, _expected) = (stack, photo, new string[Kinds * Seeds]);

    /// <summary>Computes what is expected, and begins to call.</summary>
    public static async Task<TimedCalls> StartAsync(ReplicaStack stack, int parallel)
    {
        var photo = await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));
        var calls = new TimedCalls(stack, ByteString.CopyFrom(photo));
        for (var i = 0; i < calls._expected.Length; i++)
        {
            calls._expected[i] = await calls.CallAsync(i, noCache: true);
        }

        Assert.Equal(calls._expected.Length, calls._expected.Distinct().Count());
        calls._loops = Task.WhenAll(Enumerable.Range(0, parallel).Select(calls.LoopAsync));
        return calls;
    }

    /// <summary>Waits for some more calls; how long those took that ended meanwhile, in words.</summary>
    public async Task<string> MoreAsync(int calls)
    {
        lock (_gate)
        {
            _times = [];
        }

        List<double> times;
        do
        {
            // A loop that fails ends this too.
            await await Task.WhenAny(_done.WaitAsync(TimeSpan.FromMinutes(2)), _loops);
            lock (_gate)
            {
                times = [.. _times.Order()];
            }
        }
        while (times.Count < calls);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{times.Count} calls, none failed or answered wrongly; ms: median {times[times.Count / 2]:f1}, 95 % "
            + $"{times[times.Count * 95 / 100]:f1}, worst {times[^1]:f1}");
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _loops;
        _over.Dispose();
        _done.Dispose();
    }

    private async Task LoopAsync(int first)
    {
        for (var i = first; !_over.IsCancellationRequested; i++)
        {
            var which = (i * 7) % _expected.Length;
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(_expected[which], await CallAsync(which, noCache: false));
            lock (_gate)
            {
                _times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            _done.Release();
        }
    }

    /// <summary>The digest of what a call answers.</summary>
    private async Task<string> CallAsync(int which, bool noCache)
    {
        var (kind, seed) = (which % Kinds, which / Kinds);
        var maximize = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_10",
            Filters = { seed },
            NoCache = noCache,
            Threads = 1,
            Settings = new MaximizationSettings
            {
                Recipe = Recipe.Lucid,
                Height = 64,
                Width = 64,
                Steps = 4,
                Seed = (ulong)(kind + 1),
            },
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)which]);
        switch (kind)
        {
            case 0:
                await AddAsync(_stack.Numbers(seed % 2).MaximizeFilter(maximize).ResponseStream, hash, one => one.Event.Chunk);
                break;
            case 1:
                await AddAsync(_stack.Render!.RenderMaximization(
                    new RenderMaximizationRequest { Maximize = maximize }).ResponseStream, hash, one => one.Chunk);
                break;
            case 2:
                var filters = new RenderFiltersRequest { Model = "nanodet", Layer = "Add_4", First = seed + 1, NoCache = noCache };
                await AddAsync(_stack.Render!.RenderFilters(filters).ResponseStream, hash, one => one.Chunk);
                break;
            default:
                var maps = new FeatureMapsRequest
                {
                    Model = "nanodet",
                    Layers = { "Add_4" },
                    Channels = { seed },
                    Height = 96,
                    Width = 96,
                    NoCache = noCache,
                    Picture = new Picture { Data = _photo },
                };
                await AddAsync(_stack.Numbers(seed % 2).FeatureMaps(maps).ResponseStream, hash, one => one.Chunk);
                break;
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task AddAsync<T>(IAsyncStreamReader<T> stream, IncrementalHash hash, Func<T, IMessage?> chunk)
    {
        var bytes = 0;
        await foreach (var message in stream.ReadAllAsync())
        {
            var data = chunk(message) switch
            {
                TensorChunk tensor => tensor.Data,
                PictureChunk picture => picture.Data,
                _ => ByteString.Empty,
            };
            hash.AppendData(data.Span);
            bytes += data.Length;
        }

        Assert.True(bytes > 0, "nothing came");
    }
}
