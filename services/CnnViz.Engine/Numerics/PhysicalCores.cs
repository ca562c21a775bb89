namespace CnnViz.Engine.Numerics;

/// <summary>Counts processor cores, not hardware threads: two convolutions on one core's two threads gain nothing.</summary>
internal static class PhysicalCores
{
    private const string CpuFolder = "/sys/devices/system/cpu";

    /// <summary>Physical cores, at most the processors this process may use, at least 1.</summary>
    public static int Count()
    {
        var usable = Environment.ProcessorCount;
        return Math.Clamp(CountTopology(CpuFolder) ?? usable, 1, usable);
    }

    /// <summary>Distinct (package, core) pairs below a sysfs CPU folder; null where it does not tell.</summary>
    internal static int? CountTopology(string cpuFolder)
    {
        try
        {
            var cores = new HashSet<(string Package, string Core)>();
            foreach (var folder in Directory.EnumerateDirectories(cpuFolder, "cpu*"))
            {
                var topology = Path.Combine(folder, "topology");
                if (char.IsAsciiDigit(folder[^1]) && Directory.Exists(topology))
                {
                    cores.Add((File.ReadAllText(Path.Combine(topology, "physical_package_id")), File.ReadAllText(Path.Combine(topology, "core_id"))));
                }
            }

            return cores.Count > 0 ? cores.Count : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
