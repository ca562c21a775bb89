using System.Diagnostics;

namespace CnnViz.Bench.Measuring;

/// <summary>What a process has used of the processor: other programs on the machine change it little, unlike the clock's time.</summary>
internal static class ProcessorTime
{
    /// <summary>Of all its threads since it began, in milliseconds.</summary>
    public static double Of(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    }
}
