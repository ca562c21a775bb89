using CnnViz.Cache.Addressing;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cache.Tests.Support;

/// <summary>Answers of a call as a service would compute them, and what a caller receives.</summary>
internal static class Answers
{
    public static ContentAddress Address(string name) => CanonicalHash.Of(name);

    public static ReplayCache<FeatureMapsResponse> Replay(ResultCache cache) => new(cache, Mark);

    /// <summary>An answer of an info and some chunks: noise, which does not compress, or zeros.</summary>
    public static IReadOnlyList<FeatureMapsResponse> Make(int seed, int chunks = 3, int chunkBytes = 700_000, bool noise = true)
    {
        var random = new Random(seed);
        var info = new FeatureMapsInfo { Execution = new Execution { Model = $"model {seed}", Cache = CacheState.Miss } };
        var answer = new List<FeatureMapsResponse> { new() { Info = info } };
        for (var i = 0; i < chunks; i++)
        {
            var bytes = new byte[chunkBytes];
            if (noise)
            {
                random.NextBytes(bytes);
            }

            var data = UnsafeByteOperations.UnsafeWrap(bytes);
            answer.Add(new FeatureMapsResponse { Chunk = new TensorChunk { Offset = (ulong)(i * chunkBytes), Data = data } });
        }

        return answer;
    }

    /// <summary>Emits an answer and counts how often it was asked to.</summary>
    public static ReplayCache<FeatureMapsResponse>.Producer Counted(
        IReadOnlyList<FeatureMapsResponse> answer, StrongBox count, Task? after = null) =>
        async (emit, cancellationToken) =>
        {
            Interlocked.Increment(ref count.Value);
            if (after is not null)
            {
                await after.WaitAsync(cancellationToken);
            }

            foreach (var message in answer)
            {
                await emit(message);
            }
        };

    /// <summary>Makes a call and gives what came, and the state it came with.</summary>
    public static async Task<(CacheState State, List<FeatureMapsResponse> Messages)> CallAsync(
        this ReplayCache<FeatureMapsResponse> replay,
        ContentAddress? address,
        ReplayCache<FeatureMapsResponse>.Producer produce,
        CancellationToken cancellationToken = default)
    {
        var messages = new List<FeatureMapsResponse>();
        await replay.ServeAsync(
            address,
            produce,
            (message, _) =>
            {
                messages.Add(message);
                return Task.CompletedTask;
            },
            cancellationToken);
        return (messages[0].Info.Execution.Cache, messages);
    }

    /// <summary>Equal to the byte, but for the state.</summary>
    public static void Same(IReadOnlyList<FeatureMapsResponse> expected, IReadOnlyList<FeatureMapsResponse> received) =>
        Assert.True(expected.Select(Bare).SequenceEqual(received.Select(Bare)), "the answer is not the one that was computed");

    private static ByteString Bare(FeatureMapsResponse message) => Mark(message, CacheState.Unspecified).ToByteString();

    private static FeatureMapsResponse Mark(FeatureMapsResponse message, CacheState state)
    {
        if (message.Info is null || message.Info.Execution.Cache == state)
        {
            return message;
        }

        var marked = message.Clone();
        marked.Info.Execution.Cache = state;
        return marked;
    }

    /// <summary>A count that several calls share.</summary>
    internal sealed class StrongBox
    {
        public int Value;
    }
}
