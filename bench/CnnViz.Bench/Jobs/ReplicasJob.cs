using System.Diagnostics;
using CnnViz.Bench.Measuring;
using CnnViz.Cli.Stack;
using CnnViz.V1;
using Grpc.Net.Client;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// The same pictures from two replicas of the inference service behind one address and from one. More cores than one replica can
/// keep busy make it faster; on fewer it tells what sharing them costs.
/// </summary>
internal sealed class ReplicasJob : IBenchJob
{
    private const int Callers = 8;
    private const int Replicas = 2;

    private ulong _seed;

    public string Name => "replicas";

    public string About => "2 replicas of the inference service against one: throughput of 8 callers";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(AppHostLocator.Variable) is not { } appHost || !File.Exists(appHost))
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): no replicas are measured");
            return [];
        }

        var options = new LocalStackOptions { AppHost = appHost };
        await using var one = await LocalStack.StartAsync(options, TimeProvider.System, cancellation);
        await using var two = await LocalStack.StartAsync(
            options with { InferenceReplicas = Replicas }, TimeProvider.System, cancellation);
        var execution = new Execution();
        var steps = context.Quick ? 2 : 12;
        Runner[] runners =
        [
            async token => (await PicturesAsync(two, steps, token)).Ms,
            async token =>
            {
                var (ms, ran) = await PicturesAsync(one, steps, token);
                execution = ran;
                return ms;
            },
        ];
        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);
        var result = new BenchResult
        {
            Job = $"{Callers} callers of {Replicas} replicas behind one address",
            Group = Name,
            Engine = execution.Engine,
            Precision = execution.Precision,
            RssMb = ConcurrencyJob.InferenceProcess(two.ProcessId) is { } process ? Machine.PeakMemory(process) : null,
        };
        return [result.Against("1 replica", samples[0], samples[1])];
    }

    /// <summary>Every caller has a connection of its own and asks for a picture that no cache has.</summary>
    private async Task<(double Ms, Execution Execution)> PicturesAsync(LocalStack stack, int steps, CancellationToken cancellation)
    {
        var channels = Enumerable.Range(0, Callers).Select(_ => GrpcChannel.ForAddress(stack.Endpoints.Inference.Grpc)).ToList();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var runs = await Task.WhenAll(channels.Select(channel => Calls.MaximizeAsync(
                new InferenceService.InferenceServiceClient(channel), Request(steps), cancellation)));
            return (Stopwatch.GetElapsedTime(began).TotalMilliseconds / (Callers * steps), runs[0].Execution);
        }
        finally
        {
            channels.ForEach(channel => channel.Dispose());
        }
    }

    private MaximizeFilterRequest Request(int steps) => new()
    {
        Model = Headline.Model,
        Layer = Headline.Layer,
        Filters = { 0 },
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
}
