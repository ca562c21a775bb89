using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Inference.Tests;

/// <summary>Many calls at once on two lanes: turns, limits, cancellation and deadlines, over the wire.</summary>
public sealed class ConcurrencyTests
{
    private const int Callers = 64;
    private const int Steps = 20;

    [Fact]
    public async Task MaximizeFilter_64AtOnce_AllFinishAndNoneGetsAhead()
    {
        await using var host = await RunningHost.StartAsync();
        var steps = new int[Callers];
        var (blocked, opened, widest) = (0, 0, 0);
        var gate = new Lock();
        host.Engine.OnStep = model =>
        {
            // The first steps wait until every call has a step to take; from then on turns are decided on the lanes alone.
            if (Volatile.Read(ref opened) == 0)
            {
                Interlocked.Increment(ref blocked);
                RunningHost.Until(() =>
                    Volatile.Read(ref opened) == 1
                    || host.Scheduler.WaitingUnits + Volatile.Read(ref blocked) == Callers && host.Engine.Compiled == Callers);
                Volatile.Write(ref opened, 1);
            }

            lock (gate)
            {
                steps[model]++;
                widest = Math.Max(widest, steps.Max() - steps.Min());
            }
        };
        var calls = new List<Task<List<MaximizationEvent>>>();
        using (host.HoldLanes())
        {
            calls.AddRange(Enumerable.Range(0, Callers).Select(i => RunAsync(host, RunningHost.Request(i, Steps))));
            RunningHost.Until(() => host.Scheduler.WaitingUnits == Callers);
        }

        var runs = await Task.WhenAll(calls).WaitAsync(RunningHost.Patience);

        Assert.All(runs, events =>
        {
            Assert.Equal(Steps, events.Count(happened => happened.Progress is not null));
            Assert.Equal(1, events[0].Started.Execution.Threads);
            Assert.Equal(Steps, events[^1].Completed.ImageSteps);
        });
        Assert.All(steps, count => Assert.Equal(Steps, count));

        // Two where every loop is back in the queue at once; a loop that a busy machine keeps from it misses a turn or two.
        Assert.InRange(widest, 1, 4);
        RunningHost.Until(() => host.Scheduler.ActiveTickets == 0);
    }

    [Fact]
    public async Task MaximizeFilter_AmongOthers_SameBytesAsAlone()
    {
        await using var host = await RunningHost.StartAsync();
        var request = RunningHost.Request(3, Steps);
        request.Filters.Add(2);
        var alone = Images(await RunAsync(host, request));

        var amid = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            RunAsync(host, i == 9 ? request : RunningHost.Request(100 + i, Steps)))).WaitAsync(RunningHost.Patience);

        Assert.Equal(2, alone.Count);
        Assert.Equal(alone, Images(amid[9]));
    }

    [Fact]
    public async Task AnyCall_BeyondTheLimit_ResourceExhaustedWithAHint()
    {
        await using var host = await RunningHost.StartAsync("ActiveCalls=3", "RetryAfterMs=1250");
        var calls = new List<Task<List<MaximizationEvent>>>();
        using (host.HoldLanes())
        {
            calls.Add(RunAsync(host, RunningHost.Request(1, Steps)));
            calls.Add(RunAsync(host, RunningHost.Request(2, Steps)));
            RunningHost.Until(() => host.Scheduler.ActiveTickets == 3);

            var refusal = await Assert.ThrowsAsync<RpcException>(() => RunAsync(host, RunningHost.Request(3, Steps)));

            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.Equal("1250", refusal.Trailers.GetValue("grpc-retry-pushback-ms"));
            Assert.Equal("QUEUE_FULL", RunningHost.Detail<ErrorInfo>(refusal).Reason);
            Assert.Equal(TimeSpan.FromMilliseconds(1250), RunningHost.Detail<RetryInfo>(refusal).RetryDelay.ToTimeSpan());
        }

        Assert.All(await Task.WhenAll(calls).WaitAsync(RunningHost.Patience), events => Assert.NotNull(events[^1].Completed));
        Assert.NotNull((await RunAsync(host, RunningHost.Request(3, Steps)))[^1].Completed);
    }

    [Fact]
    public async Task MaximizeFilter_Cancelled_LaneIsFreeAndNoStepFollows()
    {
        await using var host = await RunningHost.StartAsync();
        var taken = 0;
        host.Engine.OnStep = _ => Interlocked.Increment(ref taken);
        using (var call = host.Client.MaximizeFilter(RunningHost.Request(1, 4096)))
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None)
                && call.ResponseStream.Current.Event.Progress is not { Iteration: 3 })
            {
            }
        }

        RunningHost.Until(() => host.Scheduler.ActiveTickets == 0);

        // The ticket is given back when the last step has ended: what is counted now is final.
        var last = Volatile.Read(ref taken);
        Assert.InRange(last, 3, 4095);
        Assert.NotNull((await RunAsync(host, RunningHost.Request(2, Steps)))[^1].Completed);
        Assert.Equal(last + Steps, Volatile.Read(ref taken));
    }

    [Fact]
    public async Task MaximizeFilter_DeadlineWhileWaiting_NothingIsComputed()
    {
        await using var host = await RunningHost.StartAsync();
        using (host.HoldLanes())
        {
            var late = await Assert.ThrowsAsync<RpcException>(() =>
                RunAsync(host, RunningHost.Request(1, Steps), DateTime.UtcNow + TimeSpan.FromSeconds(1)));

            Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);

            // It is out of the queue although no lane came free.
            RunningHost.Until(() => host.Scheduler is { ActiveTickets: 1, WaitingUnits: 0 });
        }

        Assert.NotNull((await RunAsync(host, RunningHost.Request(2, Steps)))[^1].Completed);
        Assert.Equal(1, host.Engine.Compiled);
    }

    private static async Task<List<MaximizationEvent>> RunAsync(
        RunningHost host, MaximizeFilterRequest request, DateTime? deadline = null)
    {
        var events = new List<MaximizationEvent>();
        using var call = host.Client.MaximizeFilter(request, deadline: deadline);
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            events.Add(message.Event);
        }

        return events;
    }

    /// <summary>The digests of the images by filter.</summary>
    private static SortedDictionary<int, ByteString> Images(IEnumerable<MaximizationEvent> events) => new(events
        .Where(happened => happened.Result is not null)
        .ToDictionary(happened => happened.Result.Filter, happened => happened.Result.Image.Sha256));
}
