using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CnnViz.Bench.Measuring;
using CnnViz.Bench.Report;
using CnnViz.Models;

namespace CnnViz.Bench;

/// <summary>
/// Runs jobs, each in a process of its own so that its peak memory is its own and one that fails costs only itself, and reports.
/// A run of all jobs that is not quick writes bench/results/latest.json and the README's table.
/// </summary>
internal sealed class BenchRun(IReadOnlyList<IBenchJob> jobs)
{
    /// <summary>No job needs as long on an idle machine; one that hangs must not cost the others' results.</summary>
    private static readonly TimeSpan _jobLimit = TimeSpan.FromMinutes(15);

    public async Task<int> RunAsync(BenchArguments arguments, CancellationToken cancellation)
    {
        if (arguments.Help)
        {
            Console.WriteLine("""
                usage: ./cnnviz bench [--quick] [JOB...]  all jobs in about 21 minutes on an idle machine
                       ./cnnviz bench --write JOB...      writes the results and the README's table though not all jobs ran
                       ./cnnviz bench --readme            writes the README's table from bench/results/latest.json
                """);
            Console.WriteLine(string.Join('\n', jobs.Select(job => $"  {job.Name,-12} {job.About}")));
            return 0;
        }

        var wanted = arguments.Jobs.Count == 0 ? jobs : [.. arguments.Jobs.Select(Find)];
        if (arguments.Out is not null)
        {
            await InThisProcessAsync(wanted[0], arguments, cancellation);
            return 0;
        }

        return arguments.Readme
            ? await WriteReadmeAsync(arguments.Root, cancellation)
            : await AllAsync(wanted, arguments, cancellation);
    }

    private async Task<int> AllAsync(IReadOnlyList<IBenchJob> wanted, BenchArguments arguments, CancellationToken cancellation)
    {
        var load = Machine.Load();
        if (load > Machine.Cores / 2.0)
        {
            Say($"this machine is busy (load {load:0.0} on {Machine.Cores} cores): these figures will say little");
        }

        var work = Directory.CreateTempSubdirectory("cnnviz-bench-");
        var results = new List<BenchResult>();
        var failed = new List<string>();
        try
        {
            foreach (var job in wanted is [PeakJob, ..] ? wanted : wanted.Prepend(jobs.OfType<PeakJob>().Single()))
            {
                Say($"== {job.Name}: {job.About}");
                var start = Stopwatch.GetTimestamp();
                var done = await InChildAsync(job, arguments, PeakJob.Of(results), work.FullName, cancellation);
                Say($"== {job.Name}: {(done is null ? "failed" : "done")} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
                if (done is null)
                {
                    failed.Add(job.Name);
                }

                results.AddRange(done ?? []);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }

        var before = load is null ? "" : FormattableString.Invariant($", load {load:0.0} before the run");
        var machine = Machine.Describe() + before;
        results = [.. results.Select(result => result with { Machine = machine })];
        Console.WriteLine(machine);
        Console.Write(ResultTable.Whole(results));
        if (failed.Count > 0)
        {
            Say($"failed, and without results: {string.Join(", ", failed)}");
        }

        var exitCode = failed.Count > 0 ? 1 : 0;
        if (arguments.Quick || (wanted.Count < jobs.Count && !arguments.Write))
        {
            return exitCode;
        }

        var json = JsonSerializer.Serialize(results, BenchResult.Json) + "\n";
        await File.WriteAllTextAsync(ResultsFile(arguments.Root), json, cancellation);
        await WriteReadmeAsync(arguments.Root, cancellation);
        return exitCode;
    }

    private static async Task<int> WriteReadmeAsync(string root, CancellationToken cancellation)
    {
        var readme = Path.Combine(root, "README.md");
        var text = await File.ReadAllTextAsync(readme, cancellation);
        await File.WriteAllTextAsync(readme, ReadmeTable.Replace(text, ReadResults(ResultsFile(root))), cancellation);
        Say("README.md: the table is that of bench/results/latest.json");
        return 0;
    }

    /// <summary>The committed results.</summary>
    public static string ResultsFile(string root) => Path.Combine(root, "bench", "results", "latest.json");

    public static IReadOnlyList<BenchResult> ReadResults(string file) =>
        JsonSerializer.Deserialize<List<BenchResult>>(File.ReadAllText(file), BenchResult.Json)!;

    private static async Task InThisProcessAsync(IBenchJob job, BenchArguments arguments, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(
            Environment.GetEnvironmentVariable("CNNVIZ_MODELS") ?? Path.Combine(arguments.Root, "models"));
        var work = Path.GetDirectoryName(arguments.Out)!;
        var context = new BenchContext(arguments.Root, work, arguments.Quick, arguments.Peak, catalog, Say);
        var results = await job.RunAsync(context, cancellation);
        var memory = Machine.PeakMemory();
        var complete = results.Select(result => result with { RssMb = result.RssMb ?? memory });
        await File.WriteAllTextAsync(arguments.Out!, JsonSerializer.Serialize(complete, BenchResult.Json), cancellation);
    }

    /// <summary>The job's results; null where it failed.</summary>
    private static async Task<IReadOnlyList<BenchResult>?> InChildAsync(
        IBenchJob job, BenchArguments arguments, double peak, string work, CancellationToken cancellation)
    {
        var output = Path.Combine(work, $"{job.Name}.json");
        List<string> child =
        [
            typeof(BenchRun).Assembly.Location, job.Name, "--root", arguments.Root, "--out", output,
            "--peak", peak.ToString(CultureInfo.InvariantCulture),
        ];
        if (arguments.Quick)
        {
            child.Add("--quick");
        }

        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, child))!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_jobLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            Say($"{job.Name} took longer than {_jobLimit.TotalMinutes:0} minutes and was ended");
            return null;
        }

        return process.ExitCode == 0 && File.Exists(output) ? ReadResults(output) : null;
    }

    private IBenchJob Find(string name) => jobs.FirstOrDefault(job => job.Name == name) ?? throw new ArgumentException(
        $"there is no job '{name}'; the jobs are {string.Join(", ", jobs.Select(job => job.Name))}");

    private static void Say(string text) => Console.Error.WriteLine(text);
}
