using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace CnnViz.Bench.Jobs;

/// <summary>The small passes, by BenchmarkDotNet, one thread each.</summary>
internal sealed class SmallPassesJob : IBenchJob
{
    public string Name => "passes";

    public string About => "the small passes around the network, one thread each (BenchmarkDotNet)";

    public Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        // In this process: its own would have to be built with this repository's package feed once more.
        var job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(2)
            .WithIterationCount(context.Rounds)
            .WithIterationTime(TimeInterval.FromMilliseconds(context.Quick ? 20 : 100));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(context.File("passes"))
            .WithOptions(ConfigOptions.DisableLogFile);
        var summary = BenchmarkRunner.Run<SmallPasses>(config);
        if (summary.HasCriticalValidationErrors)
        {
            throw new InvalidOperationException(string.Join('\n', summary.ValidationErrors));
        }

        const double nanoseconds = 1e-6;
        return Task.FromResult<IReadOnlyList<BenchResult>>([.. summary.Reports
            .Where(report => report.ResultStatistics is not null)
            .Select(report => new BenchResult
            {
                Job = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
                Group = Name,
                Unit = "pass",
                Ms = BenchResult.Significant(report.ResultStatistics!.Median * nanoseconds),
                Pairs = report.ResultStatistics.N,
            })]);
    }
}
