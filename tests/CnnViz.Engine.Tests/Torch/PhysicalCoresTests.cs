using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Tests.Torch;

public sealed class PhysicalCoresTests
{
    [Fact]
    public void CountTopology_TwoThreadsPerCore_CountsCores()
    {
        var folder = Directory.CreateTempSubdirectory("cnnviz-cpu-").FullName;
        try
        {
            // Two packages of two cores of two threads.
            for (var cpu = 0; cpu < 8; cpu++)
            {
                var topology = Directory.CreateDirectory(Path.Combine(folder, $"cpu{cpu}", "topology")).FullName;
                File.WriteAllText(Path.Combine(topology, "physical_package_id"), $"{cpu / 4}\n");
                File.WriteAllText(Path.Combine(topology, "core_id"), $"{cpu % 2}\n");
            }

            Directory.CreateDirectory(Path.Combine(folder, "cpufreq"));
            Assert.Equal(4, PhysicalCores.CountTopology(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void CountTopology_NoSuchFolder_DoesNotKnow() => Assert.Null(PhysicalCores.CountTopology("/nowhere"));

    [Fact]
    public void Count_ThisMachine_IsWithinItsProcessors() => Assert.InRange(PhysicalCores.Count(), 1, Environment.ProcessorCount);
}
