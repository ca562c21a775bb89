using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace CnnViz.Bench.Measuring;

/// <summary>The processor's multiply-add peak, by a small C++ program that touches registers alone (bench/peak).</summary>
internal sealed class PeakJob : IBenchJob
{
    /// <summary>The row that fractions of the peak are of starts with this and has all threads.</summary>
    public const string Fp32 = "fp32";

    private static readonly (string Precision, string Isa, bool Present, string[] Flags)[] _kinds =
    [
        ("fp32", "AVX2", Fma.IsSupported, ["-DKIND=0", "-mavx2", "-mfma"]),
        ("fp32", "AVX-512", Avx512F.IsSupported, ["-DKIND=1", "-mavx512f"]),
        ("bf16", "AVX-512", Has("avx512_bf16"), ["-DKIND=2", "-mavx512f", "-mavx512bf16"]),
        ("bf16", "AMX", Has("amx_bf16"), ["-DKIND=3", "-mamx-tile", "-mamx-bf16"]),
    ];

    public string Name => "peak";

    public string About => "the processor's multiply-add peak, float32 and bfloat16, one thread and all";

    /// <summary>The fp32 peak of all threads among the results; 0 where it was not measured.</summary>
    public static double Of(IEnumerable<BenchResult> results) => results
        .Where(result => result is { Group: "peak", Precision: Fp32 })
        .Select(result => result.NominalGflops ?? 0)
        .DefaultIfEmpty(0)
        .Max();

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var results = new List<BenchResult>();
        var repetitions = context.Quick ? 3 : 15;
        foreach (var (precision, isa, present, flags) in _kinds)
        {
            if (!present)
            {
                context.Say($"this processor has no {precision} with {isa}");
                continue;
            }

            var program = context.File($"peak{flags[0][^1]}");
            var source = Path.Combine(context.Root, "bench", "peak", "peak.cpp");
            if (await RunAsync("g++", ["-O3", "-std=c++17", "-pthread", .. flags, source, "-o", program], cancellation) is null)
            {
                context.Say("no C++ compiler: the peak is not measured, and no fractions of it are given");
                return results;
            }

            foreach (var threads in (int[])[1, Machine.Cores])
            {
                string[] arguments = [$"{threads}", $"{repetitions}"];
                var output = await RunAsync(program, arguments, cancellation);
                if (double.TryParse(output, CultureInfo.InvariantCulture, out var gflops))
                {
                    results.Add(new BenchResult
                    {
                        Job = $"{precision} peak, {isa}, {threads} {(threads == 1 ? "thread" : "threads")}",
                        Group = Name,
                        Precision = precision,
                        Unit = "-",
                        NominalGflops = gflops,
                        Pairs = repetitions,
                    });
                }
            }
        }

        return results;
    }

    /// <summary>A program's output, trimmed; null where it is missing or fails.</summary>
    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await errors;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Whether the system lists an instruction set.</summary>
    private static bool Has(string flag) =>
        File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains($" {flag} ", StringComparison.Ordinal);
}
