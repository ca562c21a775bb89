using System.Collections.Concurrent;
using System.Diagnostics;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Responses;
using CnnViz.Inference.Telemetry;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Event = CnnViz.V1.MaximizationEvent;

namespace CnnViz.Inference.Runs;

/// <summary>
/// The runs of this process: begins and computes them, keeps their events, and has them brought to Redis where there is one.
/// Those that have ended are kept until they are too many or too large.
/// </summary>
internal sealed partial class RunHub(
    Maximizer maximizer,
    IOptions<RunOptions> options,
    IServiceProvider services,
    RunMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RunHub> logger) : IHostedService, IDisposable
{
    private readonly RunOptions _options = options.Value;
    private readonly RedisRuns? _redis = services.GetService<RedisRuns>();
    private readonly ConcurrentDictionary<string, LocalRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _work = new(StringComparer.Ordinal);
    private readonly EndedRuns _ended = new(options.Value);
    private readonly CancellationTokenSource _giveUp = new();

    /// <summary>What replicas share; null without Redis.</summary>
    public RedisRuns? Redis => _redis;

    /// <summary>A run that this process has; null where it has none of that name.</summary>
    public LocalRun? Find(string id) => _runs.GetValueOrDefault(id);

    /// <summary>Runs of this process, newest first.</summary>
    public IReadOnlyList<LocalRun> All() => [.. _runs.Values.OrderByDescending(run => run.Id, StringComparer.Ordinal)];

    /// <summary>Begins a run that goes on without its caller.</summary>
    /// <param name="plan">What to compute.</param>
    /// <param name="ticket">Its place in the scheduler; the run disposes it.</param>
    /// <param name="caller">Whose it is; empty for nobody's.</param>
    /// <param name="place">Its place among the caller's; the run disposes it.</param>
    /// <returns>The run, which other replicas can see unless Redis takes too long.</returns>
    public async Task<LocalRun> StartAsync(RunPlan plan, LaneTicket ticket, string caller, IDisposable place)
    {
        var run = New(
            plan, caller, attached: false, id => RunSpans.StartDetached(id, plan, Activity.Current?.Context ?? default));
        var mirror = Add(run);
        Track(run.Id, async () =>
        {
            using (place)
            {
                await ComputeDetachedAsync(run, plan, ticket, null).ConfigureAwait(false);
            }
        });
        if (mirror is not null)
        {
            var budget = TimeSpan.FromMilliseconds(_options.BudgetMilliseconds);
            await Task.WhenAny(mirror.Registered, Task.Delay(budget, time)).ConfigureAwait(false);
        }

        return run;
    }

    /// <summary>Computes a run within its caller's call.</summary>
    /// <param name="plan">What to compute.</param>
    /// <param name="ticket">Its place in the scheduler, the caller's to dispose.</param>
    /// <param name="caller">Whose it is; empty for nobody's.</param>
    /// <param name="emit">Takes each event; the run waits for it.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="RpcException">What went wrong.</exception>
    public async Task RunAsync(
        RunPlan plan, LaneTicket ticket, string caller, Func<Event, ValueTask> emit, CancellationToken cancellation)
    {
        var run = New(plan, caller, attached: true, id => RunSpans.StartAttached(id, plan));
        Add(run);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation, run.Stopping, lifetime.ApplicationStopping);
        try
        {
            await ComputeAsync(run, plan, ticket, null, emit, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw run.HandedOver
                ? ResumeTokens.Stopping(run.Id, run.Log.Last + 1)
                : RpcErrors.Unavailable(
                    "STOPPING", "this replica is shutting down, and no other goes on with its runs; start it again");
        }
        catch (OperationCanceledException) when (run.Cancelled)
        {
            throw new RpcException(new Status(RunEnd.Cancelled.Code, RunEnd.Cancelled.Message));
        }
    }

    /// <summary>Goes on with a run of another replica, whose lease is taken.</summary>
    /// <param name="about">The run.</param>
    /// <param name="token">Of the lease.</param>
    /// <param name="plan">What to compute.</param>
    /// <param name="ticket">Its place in the scheduler; the run disposes it.</param>
    /// <param name="published">What is known of it.</param>
    /// <param name="resume">Where it goes on.</param>
    /// <param name="origin">The first replica's span.</param>
    public void TakeOver(
        MaximizationRun about,
        string token,
        RunPlan plan,
        LaneTicket ticket,
        PublishedEvents published,
        RunResume resume,
        ActivityContext origin)
    {
        var log = new RunLog(about.RunId, _options.RunBytes, published.Last);
        var span = RunSpans.StartDetached(about.RunId, plan, origin);
        span?.SetTag("cnnviz.run.takeovers", about.Takeovers);
        metrics.TakenOver();
        var run = new LocalRun(about, plan.Request, log) { Token = token, Span = span };
        Add(run);
        Track(run.Id, () => ComputeDetachedAsync(run, plan, ticket, new Continuation(published, resume)));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until all runs are handed over or ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_work.Values).WaitAsync(TimeSpan.FromSeconds(5), time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Redis does not answer: the leases lapse by themselves.
        }

        await _giveUp.CancelAsync().ConfigureAwait(false);
    }

    public void Dispose() => _giveUp.Dispose();

    private LocalRun New(RunPlan plan, string caller, bool attached, Func<string, Activity?> span)
    {
        var about = new MaximizationRun
        {
            RunId = RunIds.Next(time),
            State = RunState.Running,
            Model = plan.Graph.Name,
            Layer = plan.Options.Layer,
            Steps = plan.Options.Steps,
            Caller = caller,
            CreatedUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        about.Filters.AddRange(plan.Options.Filters);
        return new LocalRun(about, plan.Request, new RunLog(about.RunId, _options.RunBytes))
        {
            Attached = attached,
            Span = span(about.RunId),
        };
    }

    private RunMirror? Add(LocalRun run)
    {
        _runs[run.Id] = run;
        if (_redis is null)
        {
            return null;
        }

        run.Written = run.Log.Last;
        var mirror = new RunMirror(run, _redis, _options, time, logger);
        Track("mirror of " + run.Id, async () =>
        {
            await mirror.RunAsync(_giveUp.Token).ConfigureAwait(false);
            if (run.Lost)
            {
                // Watchers follow the replica that has it.
                _runs.TryRemove(run.Id, out _);
                run.Log.Wake();
            }
        });
        return mirror;
    }

    private void Track(string name, Func<Task> work)
    {
        var done = new TaskCompletionSource();
        _work[name] = done.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            finally
            {
                _work.TryRemove(name, out _);
                done.SetResult();
            }
        });
    }

    private async Task ComputeDetachedAsync(LocalRun run, RunPlan plan, LaneTicket ticket, Continuation? continuation)
    {
        using (ticket)
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping, lifetime.ApplicationStopping))
        {
            try
            {
                await ComputeAsync(run, plan, ticket, continuation, null, stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RpcException or OperationCanceledException)
            {
                // The run's end tells of it.
            }
        }
    }

    private async Task ComputeAsync(
        LocalRun run,
        RunPlan plan,
        LaneTicket ticket,
        Continuation? continuation,
        Func<Event, ValueTask>? emit,
        CancellationToken cancellation)
    {
        using var span = run.Span;
        Activity.Current = span ?? Activity.Current;
        metrics.Began();
        Log.Started(logger, run.Id, plan.Graph.Name, plan.Options.Layer, plan.Options.Filters.Count, plan.Options.Steps);
        try
        {
            var settings = plan.Settings with
            {
                Ticket = ticket,
                CheckpointInterval = _redis is null ? 0 : _options.CheckpointSteps,
                CheckpointPause = _options.CheckpointPause,
                Resume = continuation?.Resume,
            };
            await PumpAsync(run, plan, settings, continuation?.Published, emit, cancellation).ConfigureAwait(false);
            End(run, RunEnd.Succeeded);
        }
        catch (OperationCanceledException) when (run.Lost)
        {
            throw;
        }
        catch (OperationCanceledException) when (
            _redis is not null && !run.Cancelled && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            run.HandOver();
            throw;
        }
        catch (OperationCanceledException)
        {
            End(run, lifetime.ApplicationStopping.IsCancellationRequested && !run.Cancelled
                ? new RunEnd(RunState.Failed, StatusCode.Unavailable, "the service was shut down")
                : RunEnd.Cancelled);
            throw;
        }
        catch (Exception exception)
        {
            var failure = RunFailures.Translate(exception, run.Id, logger);
            End(run, RunEnd.Of(failure));
            throw failure;
        }
        finally
        {
            metrics.Stopped();
        }
    }

    private void End(LocalRun run, RunEnd end)
    {
        RunSpans.Ended(run.Span, end);
        metrics.Ended(end.State);
        run.Close(end, time.GetUtcNow());
        Log.Ended(logger, run.Id, end.State);
        foreach (var old in _ended.Add(run))
        {
            _runs.TryRemove(old.Id, out _);
            old.Log.Wake();
        }
    }
}
