using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Models.Tests.Fuzz;

/// <summary>
/// Damaged models are read or refused with the one exception; nothing else may happen, and not much memory be taken.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 2_000;

    public static TheoryData<string> Subjects => [.. FuzzTable.Small.Select(subject => subject.Name)];

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Read_DamagedModel_IsReadOrRefusedInBoundedMemory(string name)
    {
        using var run = new FuzzRun(FuzzTable.Small.Single(subject => subject.Name == name));
        for (var seed = 0; seed < Rounds; seed++)
        {
            run.Round(seed);
        }

        output.WriteLine(run.ToString());
        Assert.True(run.Read > Rounds / 100 && run.Refused > Rounds / 8, $"{run}: the damage is too mild or too wild");
    }

    [Fact]
    [Trait(SoakTime.Category, SoakTime.Soak)]
    public void Read_DamagedModelsForLong_AreReadOrRefusedInBoundedMemory()
    {
        var time = new SoakTime();
        List<FuzzRun> small = [.. FuzzTable.Small.Select(subject => new FuzzRun(subject))];
        List<FuzzRun> real = [.. FuzzTable.Real.Select(subject => new FuzzRun(subject))];
        List<FuzzRun> runs = [.. small, .. real];
        try
        {
            // Other seeds each time; a failure names its own.
            var seed = Environment.TickCount & int.MaxValue;
            output.WriteLine($"seeds from {seed} on");
            for (; !time.Over; seed = unchecked(seed + 1) & int.MaxValue)
            {
                // A real network takes a hundred times as long.
                (seed % 100 == 0 ? runs : small).ForEach(run => run.Round(seed));
            }

            runs.ForEach(run => output.WriteLine(run.ToString()));
            Assert.All(runs, run => Assert.True(run.Refused > 0, $"{run}: nothing was damaged"));
        }
        finally
        {
            runs.ForEach(run => run.Dispose());
        }
    }
}
