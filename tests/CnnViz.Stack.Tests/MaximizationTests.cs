using System.Diagnostics;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>Maximization through the wire: events, reproducibility, cancellation, memory.</summary>
[Collection(StackCollection.Name)]
public sealed class MaximizationTests(StackFixture stack)
{
    [Fact]
    public async Task MaximizeFilter_AFewSteps_TellsTheWholeStoryInOrder()
    {
        var request = RefusalTests.Request(r =>
        {
            r.Filters.Clear();
            r.Filters.Add([3, 17]);
            r.Settings.Steps = 6;
            r.Settings.PreviewInterval = 3;
        });

        var (events, images) = await stack.Inference.MaximizeAsync(request);

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (ulong)i), events.Select(e => e.Sequence));
        Assert.Single(events.Select(e => e.RunId).Distinct());
        Assert.Matches("^[0-9A-Z]{26}$", events[0].RunId);
        var started = events[0].Started;
        Assert.Equal([3, 17], started.Filters);
        Assert.Equal([64L, 8, 8], started.LayerShape);
        Assert.Equal("lucid", started.Recipe);
        Assert.Contains(started.Execution.Engine, new[] { "onednn", "torch" });
        Assert.InRange(started.Execution.Threads, 1, Environment.ProcessorCount);
        Assert.Equal(64, started.Execution.ModelDigest.Length);
        var progress = events.Where(e => e.Progress is not null).Select(e => e.Progress).ToList();
        foreach (var filter in started.Filters)
        {
            // Filters may ascend together, one after the other, or at the same time.
            var own = progress.Where(p => p.Filters.Any(f => f.Filter == filter));
            Assert.Equal([1, 2, 3, 4, 5, 6], own.Select(p => p.Iteration));
        }

        Assert.Equal(progress.Select(p => p.Fraction).Order(), progress.Select(p => p.Fraction));
        Assert.All(progress, p => Assert.All(p.Filters, f => Assert.True(double.IsFinite(f.Objective) && f.GradientNorm > 0)));
        Assert.Equal(1, progress[^1].Fraction, 6);
        Assert.Equal(4, events.Count(e => e.Preview is not null));
        Assert.All(events.Where(e => e.Preview is not null), e => Assert.Equal(0x89, e.Preview.Png[0]));
        Assert.Equal([3, 17], events.Where(e => e.Result is not null).Select(e => e.Result.Filter).Order());
        Assert.Equal(2, images.Count);
        Assert.All(images, image => Assert.Equal([3L, 64, 64], image.Header.Shape));
        Assert.All(images, image => Assert.All(image.Values, value => Assert.InRange(value, -1f, 1f)));
        Assert.Equal(12, events[^1].Completed.ImageSteps);
    }

    [Fact]
    public async Task MaximizeFilter_MoreSteps_ExciteTheFilterMore()
    {
        var (events, _) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r => r.Settings.Steps = 48));
        var objectives = events.Where(e => e.Progress is not null).Select(e => e.Progress.Filters[0].Objective).ToList();
        Assert.True(
            objectives.TakeLast(8).Average() > objectives.Take(8).Max(), $"from {objectives[0]} to {objectives[^1]}");
    }

    [Fact]
    public async Task MaximizeFilter_SameSeed_SameBytes_OtherSeed_OtherBytes()
    {
        var first = await stack.Inference.MaximizeAsync(RefusalTests.Request(r => r.Settings.Seed = 5));
        var again = await stack.Inference.MaximizeAsync(RefusalTests.Request(r => (r.Settings.Seed, r.NoCache) = (5, true)));
        var other = await stack.Inference.MaximizeAsync(RefusalTests.Request(r => r.Settings.Seed = 6));
        Assert.Equal(first.Images[0].Header.Sha256, again.Images[0].Header.Sha256);
        Assert.NotEqual(first.Images[0].Header.Sha256, other.Images[0].Header.Sha256);
    }

    [Fact]
    public async Task MaximizeFilter_Cancelled_FreesTheProcessor()
    {
        using (var call = stack.Inference.MaximizeFilter(RefusalTests.Request(r => r.Settings.Steps = 4096)))
        {
            for (var i = 0; i < 4; i++)
            {
                Assert.True(await call.ResponseStream.MoveNext(default));
            }
        }

        // The run had thousands of iterations to go. Its processor use must fall to (nearly) nothing; how soon depends on the
        // machine, so we wait for it and fail only if it never does.
        using var service = Process.GetProcessById(stack.ProcessOf("CnnViz.Inference"));
        var limit = Stopwatch.StartNew();
        double share;
        do
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "the cancelled run still computes");
            share = await ProcessorShareAsync(service);
        }
        while (share > 0.1);
    }

    [Fact]
    public async Task MaximizeFilter_PastItsDeadline_EndsWithDeadlineExceeded()
    {
        using var call = stack.Inference.MaximizeFilter(
            RefusalTests.Request(r => r.Settings.Steps = 4096), deadline: DateTime.UtcNow.AddSeconds(1));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(default))
            {
            }
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task MaximizeFilter_200Calls_LeaveMemoryFlat()
    {
        using var service = Process.GetProcessById(stack.ProcessOf("CnnViz.Inference"));
        for (var i = 0; i < 60; i++)
        {
            await stack.Inference.MaximizeAsync(RefusalTests.Request(request => request.NoCache = true));
        }

        service.Refresh();
        var before = service.WorkingSet64;
        for (var i = 0; i < 200; i++)
        {
            await stack.Inference.MaximizeAsync(RefusalTests.Request(request => request.NoCache = true));
        }

        service.Refresh();
        var growth = service.WorkingSet64 - before;

        // One leaked image-sized buffer per call would be 200 x 48 KiB; one leaked pass, hundreds of MiB.
        Assert.True(growth < 48 * 1024 * 1024, $"grew by {growth / 1024} KiB over 200 calls, from {before / 1024} KiB");
    }

    private static async Task<double> ProcessorShareAsync(Process process)
    {
        process.Refresh();
        var (used, watch) = (process.TotalProcessorTime, Stopwatch.StartNew());
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        await tick.WaitForNextTickAsync();
        process.Refresh();
        return (process.TotalProcessorTime - used) / watch.Elapsed;
    }
}
