using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>Runs of one process, without Redis.</summary>
public sealed class LocalRunTests
{
    [Fact]
    public async Task Watch_DuringAndAfter_EveryEventOnceInOrder()
    {
        await using var host = await RunningHost.StartAsync();
        using var gate = new ManualResetEventSlim();
        host.Engine.OnStep = _ => gate.Wait(RunningHost.Patience);
        var run = await host.Maximizations.StartAsync(RunningHost.Request(1, 5));
        Assert.Equal((RunState.Running, 5, 1), (run.State, run.Steps, Assert.Single(run.Filters)));

        var first = await host.Maximizations.WatchAsync(run.RunId, until: one => one.Started is not null);
        var during = host.Maximizations.WatchAsync(run.RunId);
        gate.Set();
        var events = await during;
        var after = await host.Maximizations.WatchAsync(run.RunId);
        var tail = await host.Maximizations.WatchAsync(run.RunId, from: 4);
        var none = await host.Maximizations.WatchAsync(run.RunId, from: events[^1].Sequence + 1);

        RunClient.Whole(events, 1, 5);
        Assert.Equal(events[..1], first);
        Assert.Equal(events, after);
        Assert.Equal(events[3..], tail);
        Assert.Empty(none);
        run = await host.Maximizations.GetAsync(run.RunId);
        Assert.Equal((RunState.Succeeded, events[^1].Sequence), (run.State, run.LastSequence));
        Assert.True(run.EndedUnixMs >= run.CreatedUnixMs && run.CreatedUnixMs > 0);
    }

    [Fact]
    public async Task MaximizeFilter_ItsRun_CanBeWatchedToo()
    {
        await using var host = await RunningHost.StartAsync();
        using var call = host.Client.MaximizeFilter(RunningHost.Request(2, 3));
        var events = new List<MaximizationEvent>();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            events.Add(message.Event);
        }

        var watched = await host.Maximizations.WatchAsync(events[0].RunId);

        // The call's `started` also says that it was asked past the cache.
        watched[0].Started.Execution.Cache = events[0].Started.Execution.Cache;
        Assert.Equal(events, watched);
    }

    [Fact]
    public async Task Cancel_InTheMiddle_TheRunAndItsWatchersEndAndItsPlaceIsFree()
    {
        await using var host = await RunningHost.StartAsync();
        host.Engine.OnStep = RunClient.SlowStep;
        var run = await host.Maximizations.StartAsync(RunningHost.Request(3, 4096));
        await host.Maximizations.WatchAsync(run.RunId, until: one => one.Progress is { Iteration: 3 });
        var watching = host.Maximizations.EndAsync(run.RunId);

        await host.Maximizations.CancelAsync(run.RunId);

        Assert.Equal(StatusCode.Cancelled, await watching);
        Assert.Equal(StatusCode.Cancelled, await host.Maximizations.EndAsync(run.RunId));
        Assert.Equal(RunState.Cancelled, (await host.Maximizations.CancelAsync(run.RunId)).State);
        RunningHost.Until(() => host.Scheduler.ActiveTickets == 0);
    }

    [Fact]
    public async Task MaximizeFilter_CallerLeaves_TheRunIsCancelled()
    {
        await using var host = await RunningHost.StartAsync();
        host.Engine.OnStep = RunClient.SlowStep;
        string id;
        using (var call = host.Client.MaximizeFilter(RunningHost.Request(4, 4096)))
        {
            Assert.True(await call.ResponseStream.MoveNext());
            id = call.ResponseStream.Current.Event.RunId;
        }

        Assert.Equal(StatusCode.Cancelled, await host.Maximizations.EndAsync(id));
    }

    [Fact]
    public async Task List_SeveralPages_NewestFirstEachOnce()
    {
        await using var host = await RunningHost.StartWithAsync("--Runs:EndedRuns=5");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await host.Maximizations.StartAsync(RunningHost.Request(5, 1))).RunId);
            await host.Maximizations.WatchAsync(ids[^1]);
        }

        // The two oldest have gone.
        RunningHost.Until(() => host.Maximizations.List(new MaximizationServiceListRequest()).Runs.Count == 5);
        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await host.Maximizations.ListAsync(new MaximizationServiceListRequest { PageSize = 2, PageToken = token });
            Assert.InRange(page.Runs.Count, 1, 2);
            seen.AddRange(page.Runs.Select(run => run.RunId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(ids.Skip(2).Order(StringComparer.Ordinal).Reverse(), seen);
        var gone = await Assert.ThrowsAsync<RpcException>(() => host.Maximizations.GetAsync(ids[0]));
        Assert.Equal("UNKNOWN_RUN", RunningHost.Detail<ErrorInfo>(gone).Reason);
    }

    [Fact]
    public async Task Watch_EventsOverTheBound_TheOldestAreGoneAndThatIsSaid()
    {
        await using var host = await RunningHost.StartWithAsync("--Runs:RunBytes=4000");
        var run = await host.Maximizations.StartAsync(RunningHost.Request(6, 60));
        RunningHost.Until(() => host.Maximizations.GetAsync(run.RunId).GetAwaiter().GetResult().State == RunState.Succeeded);

        Assert.Equal(StatusCode.OutOfRange, await host.Maximizations.EndAsync(run.RunId));
        var last = (await host.Maximizations.GetAsync(run.RunId)).LastSequence;
        Assert.NotNull(Assert.Single(await host.Maximizations.WatchAsync(run.RunId, last)).Completed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5F*V")]
    public async Task Get_NoRunsName_InvalidArgument(string id)
    {
        await using var host = await RunningHost.StartAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.Maximizations.GetAsync(id));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal("run_id", Assert.Single(RunningHost.Detail<BadRequest>(refusal).FieldViolations).Field);
    }

    [Fact]
    public async Task Start_WhatMaximizeFilterRefuses_Refused()
    {
        await using var host = await RunningHost.StartAsync();
        var request = RunningHost.Request(7, 5);
        request.Filters.Add(1000);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.Maximizations.StartAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Empty((await host.Maximizations.ListAsync(new MaximizationServiceListRequest())).Runs);
    }
}
