using System.Globalization;
using CnnViz.Engine.OneDnn;

namespace CnnViz.Bench.Measuring;

/// <summary>The machine and this process on it.</summary>
internal static class Machine
{
    /// <summary>Physical cores, as the engine counts them.</summary>
    public static int Cores => OneDnnEngine.WhyUnavailable is null ? new OneDnnEngine().Threads : Environment.ProcessorCount;

    /// <summary>Cores, processor, instruction set and library in one line.</summary>
    public static string Describe()
    {
        var model = Lines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var processor = model?[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown processor";
        var library = OneDnnEngine.WhyUnavailable is null ? OneDnnEngine.Library : "no oneDNN";
        return $"{Cores} cores, {processor}, {library}";
    }

    /// <summary>Most resident memory that a process ever had, in MiB; null where the system does not say.</summary>
    /// <param name="process">Its id; null for this process.</param>
    public static double? PeakMemory(int? process = null)
    {
        var line = Lines($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status")
            .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = line?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
        return double.TryParse(kilobytes, CultureInfo.InvariantCulture, out var value)
            ? BenchResult.Significant(value / 1024)
            : null;
    }

    /// <summary>
    /// Starts <see cref="PeakMemory"/> of this process anew, once unused memory is given back: from here on it is what the timed
    /// work needs, and not what its preparation did. Where the system cannot, the peak stays that of the whole process.
    /// </summary>
    public static void ForgetPeakMemory()
    {
        const string resetPeak = "5";
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            File.WriteAllText("/proc/self/clear_refs", resetPeak);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system without it: nothing to do.
        }
    }

    /// <summary>Processes that want to run, averaged over the last minute; null where the system does not say.</summary>
    public static double? Load() =>
        Lines("/proc/loadavg") is [var line, ..]
        && double.TryParse(line.Split(' ')[0], CultureInfo.InvariantCulture, out var load)
            ? load
            : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
