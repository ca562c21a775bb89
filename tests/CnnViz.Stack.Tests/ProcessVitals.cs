using System.Globalization;

namespace CnnViz.Stack.Tests;

/// <summary>What a process holds at one moment; each of these grows where something is not given back.</summary>
/// <param name="Bytes">Resident memory.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Files">Open files, sockets and pipes.</param>
internal sealed record ProcessVitals(long Bytes, int Threads, int Files)
{
    /// <summary>Reads them from the kernel.</summary>
    public static ProcessVitals Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new(
            Number(status, "VmRSS:") * 1024,
            (int)Number(status, "Threads:"),
            Directory.GetFileSystemEntries($"/proc/{process}/fd").Length);
    }

    private static long Number(string[] status, string name) => long.Parse(
        status.Single(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
