using System.Collections.Concurrent;
using System.Diagnostics;
using CnnViz.Engine.Scheduling;
using CnnViz.Engine.Telemetry;

namespace CnnViz.Telemetry.Tests;

/// <summary>Work on lanes as spans of whoever asked for it.</summary>
public sealed class EngineSpansTests : IDisposable
{
    private readonly ActivitySource _callers = new("CnnViz.Tests.Callers");
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private readonly LaneScheduler _scheduler = new(new LaneSchedulerOptions { Lanes = 1 });

    public EngineSpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is EngineSpans.SourceName or "CnnViz.Tests.Callers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task RunAsync_WorkThatWaits_IsAWaitAndAWorkBelowTheCaller()
    {
        using var ticket = _scheduler.Enter();
        using var busy = new ManualResetEventSlim();
        var before = _scheduler.RunAsync(ticket, 1, busy.Wait);
        using var caller = _callers.StartActivity("caller")!;
        var work = RunAsync(ticket, () => Assert.Null(Activity.Current));
        busy.Set();
        await Task.WhenAll(before, work);

        var (wait, done) = (Single(caller, "queue"), Single(caller, "work"));
        Assert.True(wait.StartTimeUtc + wait.Duration <= done.StartTimeUtc);
        Assert.Equal("yes", done.GetTagItem("described"));
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public async Task RunAsync_WorkThatFails_IsAnErrorWithItsException()
    {
        using var ticket = _scheduler.Enter();
        using var caller = _callers.StartActivity("caller")!;
        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(ticket, () => throw new InvalidDataException("no such layer")));
        var work = Single(caller, "work");
        Assert.Equal((ActivityStatusCode.Error, "no such layer"), (work.Status, work.StatusDescription));
        Assert.Equal("exception", Assert.Single(work.Events).Name);
        Assert.Equal(ActivityStatusCode.Unset, Single(caller, "queue").Status);
    }

    [Fact]
    public async Task RunAsync_WorkCancelledWhileItWaits_IsAWaitAloneAndNoError()
    {
        using var ticket = _scheduler.Enter();
        using var busy = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var before = _scheduler.RunAsync(ticket, 1, busy.Wait);
        using var caller = _callers.StartActivity("caller")!;
        var work = RunAsync(ticket, () => Assert.Fail("it ran"), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        busy.Set();
        await before;
        var wait = Single(caller, "queue");
        Assert.Equal((ActivityStatusCode.Unset, (object?)true), (wait.Status, wait.GetTagItem("cnnviz.cancelled")));
        Assert.DoesNotContain(_ended, span => span.OperationName == "work" && span.TraceId == caller.TraceId);
    }

    public void Dispose()
    {
        _scheduler.Dispose();
        _listener.Dispose();
        _callers.Dispose();
    }

    private Task RunAsync(LaneTicket ticket, Action work, CancellationToken cancellation = default) => EngineSpans.RunAsync(
        "work", given => _scheduler.RunAsync(ticket, 1, given, cancellation), work, span => span.SetTag("described", "yes"));

    private Activity Single(Activity caller, string name) => Assert.Single(
        _ended, span => span.OperationName == name && span.TraceId == caller.TraceId && span.ParentSpanId == caller.SpanId);
}
