namespace CnnViz.Bench.Measuring;

/// <summary>One runner's times, in the order of the rounds, in milliseconds per unit.</summary>
internal sealed record Samples(IReadOnlyList<double> Values)
{
    /// <summary>The middle value; of an even number, the mean of the two in the middle.</summary>
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToList();
            var middle = sorted.Count / 2;
            return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }
}

/// <summary>Something that can be timed: does one repetition and says how many milliseconds a unit of it took.</summary>
internal delegate Task<double> Runner(CancellationToken cancellation);

/// <summary>
/// Runs things in turns: ours, peer, ours, peer, ... so that whatever else the machine does falls on both alike. The first
/// repetition of each, which warms caches up, is not counted.
/// </summary>
internal static class Interleaved
{
    /// <summary>
    /// After a repetition some runtimes' idle threads spin for a few milliseconds; the next one must not pay for it.
    /// </summary>
    private static readonly TimeSpan _settling = TimeSpan.FromMilliseconds(20);

    /// <param name="rounds">Repetitions of each that count.</param>
    /// <param name="runners">What takes turns.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="warm">Whether all of them have run before, so that the first repetition counts.</param>
    /// <returns>Each runner's times, in the order of the runners.</returns>
    public static async Task<IReadOnlyList<Samples>> RunAsync(
        int rounds, IReadOnlyList<Runner> runners, CancellationToken cancellation, bool warm = false)
    {
        Machine.ForgetPeakMemory();
        var times = runners.Select(_ => new List<double>(rounds)).ToList();
        for (var round = warm ? 0 : -1; round < rounds; round++)
        {
            for (var i = 0; i < runners.Count; i++)
            {
                await Task.Delay(_settling, cancellation);
                var ms = await runners[i](cancellation);
                if (round >= 0)
                {
                    times[i].Add(ms);
                }
            }
        }

        return [.. times.Select(list => new Samples(list))];
    }
}
