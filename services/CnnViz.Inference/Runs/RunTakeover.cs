using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Telemetry;
using CnnViz.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>Looks for runs whose replica has gone, and goes on with them.</summary>
internal sealed partial class RunTakeover(
    RunHub hub,
    RedisRuns redis,
    ModelRequests models,
    EngineProvider engines,
    LaneScheduler scheduler,
    IOptions<RunOptions> options,
    TimeProvider time,
    ILogger<RunTakeover> logger) : BackgroundService
{
    private const int EventsAtOnce = 64;

    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RenewInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    var active = await redis.ActiveAsync().ConfigureAwait(false);
                    _left.IntersectWith(active);
                    foreach (var id in active)
                    {
                        stoppingToken.ThrowIfCancellationRequested();
                        if (hub.Find(id) is null && !await redis.IsHeldAsync(id).ConfigureAwait(false))
                        {
                            await TryTakeOverAsync(id).ConfigureAwait(false);
                        }
                    }
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    // Those who write to Redis report it; it is tried again.
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // Whatever a run has come to, it must not take the replica with it.
                    Log.Failed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task TryTakeOverAsync(string id)
    {
        var token = Guid.NewGuid().ToString("N");
        if (await ReadAsync(id).ConfigureAwait(false) is { Lacking: { } lacking })
        {
            // Perhaps another replica can go on with it; not for ever.
            var since = await redis.OrphanedSinceAsync(id, time.GetUtcNow()).ConfigureAwait(false);
            if (time.GetUtcNow() - since < options.Value.OrphanTime && !await redis.IsCancelledAsync(id).ConfigureAwait(false))
            {
                Left(id, lacking);
                return;
            }
        }

        if (!await redis.TryTakeOverAsync(id, token).ConfigureAwait(false))
        {
            return;
        }

        var about = await redis.FindAsync(id).ConfigureAwait(false);
        if (about is null || about.State != RunState.Running)
        {
            // Ended between the two looks, or gone.
            await (about is null ? redis.ForgetAsync(id) : redis.FinishAsync(about, token)).ConfigureAwait(false);
            await redis.ReleaseAsync(id, token).ConfigureAwait(false);
            return;
        }

        if (await redis.IsCancelledAsync(id).ConfigureAwait(false))
        {
            await EndAsync(about, token, RunEnd.Cancelled).ConfigureAwait(false);
            return;
        }

        LaneTicket ticket;
        try
        {
            ticket = scheduler.Enter();
        }
        catch (TicketLimitException)
        {
            // Perhaps another replica has room; else it is tried again here.
            await redis.ReleaseAsync(id, token).ConfigureAwait(false);
            return;
        }

        about.Takeovers = await redis.CountTakeoverAsync(id).ConfigureAwait(false);
        if (about.Takeovers > options.Value.Takeovers)
        {
            ticket.Dispose();
            await EndAsync(about, token, new RunEnd(
                RunState.Failed, StatusCode.Aborted, $"given up after {about.Takeovers} replicas stopped while they computed it"))
                .ConfigureAwait(false);
            return;
        }

        await GoOnAsync(about, token, ticket).ConfigureAwait(false);
    }

    private async Task GoOnAsync(MaximizationRun about, string token, LaneTicket ticket)
    {
        try
        {
            var published = await PublishedAsync(about.RunId).ConfigureAwait(false);
            if (published.Completed)
            {
                ticket.Dispose();
                await EndAsync(about, token, RunEnd.Succeeded).ConfigureAwait(false);
                return;
            }

            var (plan, lacking) = await ReadAsync(about.RunId).ConfigureAwait(false);
            if (plan is null)
            {
                throw lacking ?? new RpcException(new Status(StatusCode.DataLoss, "the run's request is damaged in Redis"));
            }

            var states = await redis.StatesAsync(about.RunId).ConfigureAwait(false);
            var origin = RunSpans.Parse(await redis.TraceAsync(about.RunId).ConfigureAwait(false));
            Log.TakenOver(logger, about.RunId, published.Last, about.Takeovers);
            hub.TakeOver(about, token, plan, ticket, published, published.Resume(states), origin);
        }
        catch (RpcException refusal)
        {
            ticket.Dispose();
            await EndAsync(about, token, RunEnd.Of(refusal)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            ticket.Dispose();
            throw;
        }
    }

    /// <summary>What is to be computed, or what this replica lacks for it; neither where the request is damaged.</summary>
    private async Task<(RunPlan? Plan, RpcException? Lacking)> ReadAsync(string id)
    {
        if (await redis.RequestAsync(id).ConfigureAwait(false) is not { } request)
        {
            return default;
        }

        try
        {
            var first = await redis.ReadAsync(id, 1, 1).ConfigureAwait(false);
            var execution = first.Count == 0 ? null : first[0].Started?.Execution;
            if (execution is not null)
            {
                // The same bits need the same arithmetic.
                (request.Engine, request.Threads) = (execution.Engine, execution.Threads);
            }

            var plan = RunPlan.Read(models, engines, request);
            return execution is null || execution.ModelDigest == plan.Graph.Digest
                ? (plan, null)
                : (null, new RpcException(new Status(StatusCode.Aborted, "the replicas that are left have other weights")));
        }
        catch (RpcException refusal)
        {
            return (null, refusal);
        }
    }

    /// <summary>Says once that a run is left to others.</summary>
    private void Left(string id, RpcException lacking)
    {
        if (_left.Add(id))
        {
            Log.LeftToOthers(logger, id, lacking.Status.Detail);
        }
    }

    private async Task<PublishedEvents> PublishedAsync(string id)
    {
        var published = new PublishedEvents();
        for (var more = true; more;)
        {
            var events = await redis.ReadAsync(id, published.Last + 1, EventsAtOnce).ConfigureAwait(false);
            foreach (var told in events)
            {
                published.Add(told);
            }

            more = events.Count > 0;
        }

        return published;
    }

    private async Task EndAsync(MaximizationRun about, string token, RunEnd end)
    {
        (about.State, about.StatusCode, about.StatusMessage) = (end.State, (int)end.Code, end.Message);
        about.EndedUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await redis.FinishAsync(about, token).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {RunId} goes on here after event {Sequence}; takeover {Takeovers}")]
        public static partial void TakenOver(ILogger logger, string runId, ulong sequence, int takeovers);

        [LoggerMessage(3, LogLevel.Warning, "Run {RunId} is left to other replicas: {Lacking}")]
        public static partial void LeftToOthers(ILogger logger, string runId, string lacking);

        [LoggerMessage(2, LogLevel.Error, "A run whose replica has gone cannot be taken over")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
