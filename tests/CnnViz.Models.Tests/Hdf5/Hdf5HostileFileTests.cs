using System.Diagnostics;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>
/// HDF5 files that are broken or mean harm: read, or refused with a <see cref="ModelFormatException"/>; nothing else may happen,
/// and not much memory be taken. Half of the rounds ignore checksums, which an attacker would put right.
/// </summary>
[Collection(H5pyFiles.Collection)]
public sealed class Hdf5HostileFileTests(H5pyFiles files, ITestOutputHelper output)
{
    private const int Rounds = 2_000;

    /// <summary>Larger files are mostly values, which no damage can break.</summary>
    private const int LargestSeed = 60_000;

    /// <summary>
    /// Most bytes allocated for one file of some kilobytes, all told: its datasets may declare 64 MiB whatever its size, which
    /// are read as float32 (four times that if they are bytes), in chunks that are held once stored and once inflated.
    /// </summary>
    private const long MostBytes = 384L * 1024 * 1024;

    private int _read;
    private int _refused;
    private long _most;
    private TimeSpan _slowest;

    [H5pyTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_DamagedBytes_IsReadOrRefusedInBoundedMemory(bool verifyChecksums)
    {
        var seeds = Seeds();
        for (var i = 0; i < Rounds; i++)
        {
            Round(seeds, verifyChecksums ? i : Rounds + i, verifyChecksums);
        }

        Report();
        Assert.True(_refused > Rounds / 5 && _read > Rounds / 20, $"{_refused} of {Rounds} were refused: too mild or too wild");
    }

    [H5pyFact]
    [Trait(SoakTime.Category, SoakTime.Soak)]
    public void Read_DamagedBytesForLong_IsReadOrRefusedInBoundedMemory()
    {
        var time = new SoakTime();
        var seeds = Seeds();

        // Other seeds each time; a failure names its own.
        var seed = Environment.TickCount & int.MaxValue;
        output.WriteLine($"seeds from {seed} on");
        for (; !time.Over; seed = unchecked(seed + 1) & int.MaxValue)
        {
            Round(seeds, seed, verifyChecksums: true);
            Round(seeds, seed, verifyChecksums: false);
        }

        Report();
        Assert.True(_refused > 0, "nothing was damaged");
    }

    private List<byte[]> Seeds()
    {
        var all = files.Names.Select(name => File.ReadAllBytes(files.PathOf($"{name}.h5")));
        List<byte[]> small = [.. all.Where(bytes => bytes.Length < LargestSeed)];
        Assert.True(small.Count >= 20, $"{small.Count} files are small enough");
        return small;
    }

    /// <summary>One damaged file; the same seed does the same.</summary>
    private void Round(List<byte[]> seeds, int seed, bool verifyChecksums)
    {
        var bytes = FileMutation.Damage(seeds[seed % seeds.Count], new Random(seed));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        try
        {
            if (Hdf5Reading.Everything(bytes, verifyChecksums).Refused > 0)
            {
                _refused++;
            }
            else
            {
                _read++;
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}, checksums {verifyChecksums}: {e.GetType().Name} escaped", e);
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        (_most, _slowest) = (Math.Max(_most, taken), elapsed > _slowest ? elapsed : _slowest);
        Assert.True(taken <= MostBytes, $"seed {seed}, checksums {verifyChecksums}: took {taken} bytes, more than {MostBytes}");
    }

    private void Report() => output.WriteLine(
        $"{_refused} files with something refused, {_read} read whole; at most {_most / 1e6:f1} MB and "
        + $"{_slowest.TotalMilliseconds:f0} ms for one");
}
