using System.Diagnostics;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests;

/// <summary>Calls of every kind through both services, one after another and from several clients: nothing piles up.</summary>
[Collection(StackCollection.Name)]
public sealed class MixedCallsTests(StackFixture stack, ITestOutputHelper output)
{
    private const int Calls = 1000;
    private const int WarmUp = 200;
    private const int Clients = 4;

    /// <summary>How much more may be held at the end: 66 KB left behind by each of a thousand calls would be seen.</summary>
    private const long MoreBytes = 64 << 20;
    private const int MoreThreads = 6;
    private const int MoreFiles = 8;

    private readonly int _inference = stack.ProcessOf("CnnViz.Inference");
    private readonly int _render = stack.ProcessOf("CnnViz.Render");

    [Fact]
    public async Task MixedCalls_AThousand_LeaveMemoryThreadsFilesAndAnswersFlat()
    {
        using var client = new MixedCalls(stack, await PhotoAsync());
        var answers = new HashSet<(int Kind, int Amount)>();
        var (before, times) = (Vitals(), new List<double>(Calls));
        for (var i = 0; i < WarmUp + Calls; i++)
        {
            if (i == WarmUp)
            {
                before = Vitals();
            }

            var start = Stopwatch.GetTimestamp();
            var amount = await client.CallAsync(i);
            if (i >= WarmUp)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            answers.Add((i % MixedCalls.Kinds, amount));
        }

        var after = Vitals();
        output.WriteLine($"{before}, then {after}; ms per call (median of the first and last "
            + $"quarter): {Median(times[..(Calls / 4)]):F1}, {Median(times[^(Calls / 4)..]):F1}");
        AssertFlat(before, after);
        Assert.Equal(MixedCalls.Kinds, answers.Count);
    }

    /// <summary>A slice of the long run below: every call of every client gets its answer.</summary>
    [Fact]
    public async Task MixedCalls_FromSeveralClientsAtOnce_AllAnsweredAlike()
    {
        var photo = await PhotoAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async first =>
        {
            using var client = new MixedCalls(stack, photo);
            var found = new List<(int Kind, int Amount)>();
            for (var i = first; i < first + (5 * MixedCalls.Kinds); i++)
            {
                found.Add((i % MixedCalls.Kinds, await client.CallAsync(i)));
            }

            return found;
        }));
        Assert.Equal(MixedCalls.Kinds, answers.SelectMany(found => found).Distinct().Count());
    }

    [Fact]
    [Trait(SoakTime.Category, SoakTime.Soak)]
    public async Task MixedCalls_ForLong_LeaveMemoryAndLatencyFlat()
    {
        var photo = await PhotoAsync();
        var time = new SoakTime();
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(time, over.Token);
        var calls = await Task.WhenAll(Enumerable.Range(0, Clients).Select(first => CallOnAsync(first, photo, time)));
        await over.CancelAsync();
        var watched = await watching;

        var all = calls.SelectMany(found => found).ToList();
        var (early, late) = (Round(all, 1), Round(all, 3));
        var (held, heldLate) = (Middle(watched, 1), Middle(watched, 3));
        output.WriteLine($"{all.Count} calls of {Clients} clients in {time.Limit.TotalSeconds:F0} s");
        output.WriteLine($"one call of each kind, median, second and last quarter: {early:F1} ms, {late:F1} ms");
        output.WriteLine($"held, median, second and last quarter: {held}, {heldLate}");
        Assert.True(late <= 1.5 * early, $"a call of each kind took {early:F1} ms in the second quarter, then {late:F1} ms");
        AssertFlat(held, heldLate);
    }

    private static async Task<byte[]> PhotoAsync() =>
        await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));

    private static void AssertFlat(ProcessVitals before, ProcessVitals after)
    {
        Assert.True(after.Bytes - before.Bytes < MoreBytes, $"memory: {before.Bytes >> 10} KiB, then {after.Bytes >> 10} KiB");
        Assert.True(after.Threads - before.Threads <= MoreThreads, $"threads: {before.Threads}, then {after.Threads}");
        Assert.True(after.Files - before.Files <= MoreFiles, $"open files: {before.Files}, then {after.Files}");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>The sum over the kinds of a quarter's median times, in ms.</summary>
    private static double Round(List<(int Kind, double At, double Milliseconds)> calls, int quarter) =>
        calls.Where(call => (int)(call.At * 4) == quarter).GroupBy(call => call.Kind)
            .Sum(kind => Median(kind.Select(call => call.Milliseconds)));

    private static ProcessVitals Middle(List<(double At, ProcessVitals Held)> watched, int quarter)
    {
        var some = watched.Where(sample => (int)(sample.At * 4) == quarter).Select(sample => sample.Held).ToList();
        return new(
            (long)Median(some.Select(held => (double)held.Bytes)),
            (int)Median(some.Select(held => (double)held.Threads)),
            (int)Median(some.Select(held => (double)held.Files)));
    }

    private async Task<List<(int Kind, double At, double Milliseconds)>> CallOnAsync(int first, byte[] photo, SoakTime time)
    {
        using var client = new MixedCalls(stack, photo);
        var done = new List<(int Kind, double At, double Milliseconds)>();
        for (var i = first; !time.Over; i++)
        {
            var (at, start) = (time.Passed, Stopwatch.GetTimestamp());
            await client.CallAsync(i);
            done.Add((i % MixedCalls.Kinds, at, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }

        return done;
    }

    private async Task<List<(double At, ProcessVitals Held)>> WatchAsync(SoakTime time, CancellationToken cancellation)
    {
        var watched = new List<(double At, ProcessVitals Held)>();
        using var clock = new PeriodicTimer(time.Limit / 200);
        try
        {
            while (await clock.WaitForNextTickAsync(cancellation))
            {
                watched.Add((time.Passed, Vitals()));
            }
        }
        catch (OperationCanceledException)
        {
            // The calls are over.
        }

        return watched;
    }

    /// <summary>Both services together.</summary>
    private ProcessVitals Vitals()
    {
        var (inference, render) = (ProcessVitals.Of(_inference), ProcessVitals.Of(_render));
        return new(inference.Bytes + render.Bytes, inference.Threads + render.Threads, inference.Files + render.Files);
    }
}
