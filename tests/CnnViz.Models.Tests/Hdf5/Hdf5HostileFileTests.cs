using System.Diagnostics;
using Xunit.Abstractions;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>HDF5 files that are broken or mean harm: refused with a <see cref="ModelFormatException"/>, or read.</summary>
[Collection(H5pyFiles.Collection)]
public sealed class Hdf5HostileFileTests(H5pyFiles files, ITestOutputHelper output)
{
    /// <summary>How many mutated files; $CNNVIZ_FUZZ asks for a longer run.</summary>
    private static readonly int _mutations =
        int.TryParse(Environment.GetEnvironmentVariable("CNNVIZ_FUZZ"), out var count) ? count : 2_000;

    /// <summary>
    /// Most bytes allocated for one file of some kilobytes, all told: its datasets may declare 64 MiB whatever its size, which
    /// are read as float32 (four times that if they are bytes), in chunks that are held once stored and once inflated.
    /// </summary>
    private const long MostBytes = 384L * 1024 * 1024;

    /// <summary>Seeded damage: read or refused with the one exception; no crash, no hang, bounded memory.</summary>
    [H5pyTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_DamagedBytes_IsReadOrRefusedInBoundedMemory(bool verifyChecksums)
    {
        var whole = files.Names.Select(name => File.ReadAllBytes(files.PathOf($"{name}.h5")));
        byte[][] seeds = [.. whole.Where(bytes => bytes.Length < 60_000)];
        Assert.True(seeds.Length >= 20, $"{seeds.Length} seeds");
        var (untouched, changed, most, slowest) = (0, 0, 0L, TimeSpan.Zero);
        for (var i = 0; i < _mutations; i++)
        {
            var seed = verifyChecksums ? i : i + _mutations;
            var bytes = FileMutation.Damage(seeds[seed % seeds.Length], new Random(seed));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            try
            {
                var (_, refused) = Hdf5Reading.Everything(bytes, verifyChecksums);
                changed += refused > 0 ? 1 : 0;
                untouched += refused > 0 ? 0 : 1;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.GetType().Name} escaped", e);
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }

        output.WriteLine($"{_mutations} files: {changed} with something refused, {untouched} read; at most {most / 1e6:f1} MB "
            + $"and {slowest.TotalMilliseconds:f0} ms for one");
        Assert.True(changed > _mutations / 5 && untouched > 0, $"{changed} of {_mutations} were refused");
        Assert.InRange(most, 1, MostBytes);
    }
}
