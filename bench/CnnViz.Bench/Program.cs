using System.Runtime.InteropServices;
using CnnViz.Bench;
using CnnViz.Bench.Jobs;
using CnnViz.Bench.Measuring;

IReadOnlyList<IBenchJob> jobs =
[
    new PeakJob(),
    new StepJob(),
    new GridJob(),
    new ForwardJob(),
    new NetworksJob(),
    new HeroJob(),
    new ScalingJob(),
    new ConcurrencyJob(),
    new ReplicasJob(),
    new TelemetryJob(),
    new CacheJob(),
    new EventsJob(),
    new SickRedisJob(),
    new SmallPassesJob(),
];

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await new BenchRun(jobs).RunAsync(BenchArguments.Parse(args), stop.Token);
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync($"bench: {exception.Message}");
    return 2;
}
catch (OperationCanceledException)
{
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
