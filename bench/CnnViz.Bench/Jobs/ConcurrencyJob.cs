using System.Diagnostics;
using System.Globalization;
using CnnViz.Bench.Measuring;
using CnnViz.Cli.Stack;
using CnnViz.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// Many callers at once through the whole stack over gRPC: the same pictures in all, shared out among the callers.
/// </summary>
internal sealed class ConcurrencyJob : IBenchJob
{
    private static readonly int[] _callers = [1, 2, 8, 64];
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(100);

    private ulong _seed;

    public string Name => "concurrency";

    public string About => "1, 2, 8 and 64 callers over gRPC: throughput by one caller's, and fairness";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var appHost = Environment.GetEnvironmentVariable("CNNVIZ_APPHOST");
        if (appHost is null || !File.Exists(appHost))
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): no concurrency is measured");
            return [];
        }

        var options = new LocalStackOptions { AppHost = appHost };
        await using var stack = await LocalStack.StartAsync(options, TimeProvider.System, cancellation);

        // A connection of its own for each caller, as for programs of their own.
        var channels = Enumerable.Range(0, _callers.Max())
            .Select(_ => GrpcChannel.ForAddress(stack.Endpoints.Inference.Grpc))
            .ToList();
        try
        {
            var clients = channels.Select(channel => new InferenceService.InferenceServiceClient(channel)).ToList();
            return await MeasureAsync(context, clients, stack, cancellation);
        }
        finally
        {
            channels.ForEach(channel => channel.Dispose());
        }
    }

    private async Task<IReadOnlyList<BenchResult>> MeasureAsync(
        BenchContext context,
        IReadOnlyList<InferenceService.InferenceServiceClient> clients,
        LocalStack stack,
        CancellationToken cancellation)
    {
        const int pictures = 64;
        var steps = context.Quick ? 1 : 12;
        var execution = new Execution();
        var runners = _callers.Select(count => (Runner)(async token =>
        {
            var start = Stopwatch.GetTimestamp();
            var runs = await Task.WhenAll(clients.Take(count).Select(client =>
                CallAsync(client, pictures / count, steps, _ => { }, token)));
            execution = runs[0];
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / (pictures * steps);
        })).ToList();
        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);
        context.Say($"throughput is measured; now {clients.Count} equal callers");
        var fairness = await FairnessAsync(clients, context.Quick ? 2 : Headline.Steps, cancellation);
        var memory = InferenceProcess(stack.ProcessId) is { } process ? Machine.PeakMemory(process) : null;
        var result = new BenchResult
        {
            Job = "",
            Group = Name,
            Engine = execution.Engine,
            Precision = execution.Precision,
            RssMb = memory,
        };
        return
        [
            .. _callers.Select((count, i) => count == 1
                ? (result with { Job = $"1 caller over gRPC, {pictures} pictures" }).Alone(samples[0])
                : (result with { Job = $"{count} callers over gRPC, {pictures} pictures in all" })
                    .Against("1 caller", samples[i], samples[0])),
            result with
            {
                Job = $"fairness of {clients.Count} equal callers: the slowest's progress by the fastest's when the first ends",
                Unit = "-",
                Pairs = 1,
                Peer = "the fastest caller",
                Ratio = BenchResult.Significant(fairness),
            },
        ];
    }

    /// <summary>All callers ask for the same amount at once; how far the last is when the first has all.</summary>
    private async Task<double> FairnessAsync(
        IReadOnlyList<InferenceService.InferenceServiceClient> clients, int steps, CancellationToken cancellation)
    {
        var gate = new Lock();
        var progress = new double[clients.Count];
        double[]? whenFirst = null;
        async Task OneAsync(int caller)
        {
            await CallAsync(clients[caller], 1, steps, Note, cancellation);
            Note(1);

            void Note(double fraction)
            {
                lock (gate)
                {
                    progress[caller] = fraction;
                    whenFirst ??= fraction >= 1 ? [.. progress] : null;
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, clients.Count).Select(OneAsync));
        return whenFirst!.Min();
    }

    /// <summary>One call to its end; a refusal because too much waits is tried again.</summary>
    private async Task<Execution> CallAsync(
        InferenceService.InferenceServiceClient client,
        int filters,
        int steps,
        Action<double> note,
        CancellationToken cancellation)
    {
        // A seed of its own for each call: none is answered from a cache.
        var request = new MaximizeFilterRequest
        {
            Model = Headline.Model,
            Layer = Headline.Layer,
            Settings = new MaximizationSettings
            {
                Recipe = Recipe.Keras,
                Height = Headline.Size,
                Width = Headline.Size,
                Steps = steps,
                Border = Headline.Border,
                Seed = Interlocked.Increment(ref _seed),
            },
        };
        request.Filters.AddRange(Enumerable.Range(0, filters));
        while (true)
        {
            try
            {
                using var call = client.MaximizeFilter(request, cancellationToken: cancellation);
                var execution = new Execution();
                await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
                {
                    execution = message.Event.Started?.Execution ?? execution;
                    if (message.Event.Progress is { } progress)
                    {
                        note(progress.Fraction);
                    }
                }

                return execution;
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.ResourceExhausted)
            {
                await Task.Delay(_retry, cancellation);
            }
        }
    }

    /// <summary>The inference service among the app host's descendants; null where it cannot be found.</summary>
    internal static int? InferenceProcess(int process)
    {
        foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            var children = File.ReadAllText(Path.Combine(task, "children"));
            foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var id = int.Parse(child, CultureInfo.InvariantCulture);
                var name = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
                var isService = name.Any(part => part.EndsWith("CnnViz.Inference.dll", StringComparison.Ordinal))
                    && Path.GetFileName(name[0]) == "dotnet";
                if ((isService ? id : InferenceProcess(id)) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }
}
