using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Runs;
using CnnViz.Inference.Telemetry;
using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Limits;
using CnnViz.V1;
using Grpc.Core;
using StackExchange.Redis;

namespace CnnViz.Inference.Rpcs;

/// <summary>The wire side of MaximizationService: runs that outlive the connection that began them.</summary>
internal sealed class MaximizationGrpcService(
    ModelRequests models,
    EngineProvider engines,
    LaneScheduler scheduler,
    RunHub hub,
    RunWatch watch,
    RunMetrics metrics,
    CallerLimits limits,
    IHostApplicationLifetime lifetime) : MaximizationService.MaximizationServiceBase
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private const int IdLength = 26;

    public override async Task<MaximizationServiceStartResponse> Start(
        MaximizationServiceStartRequest request, ServerCallContext context)
    {
        var plan = RunPlan.Read(
            models, engines, request.Request ?? throw RpcErrors.InvalidArgument(("request", "must be given")));
        var caller = context.Caller();
        var place = limits.EnterRun(caller);
        LaneTicket ticket;
        try
        {
            ticket = Turns.Enter(scheduler, default);
        }
        catch (RpcException)
        {
            place.Dispose();
            throw;
        }

        var run = await hub.StartAsync(plan, ticket, RunOwners.Of(caller), place).ConfigureAwait(false);
        return new MaximizationServiceStartResponse { Run = run.Describe() };
    }

    public override async Task<MaximizationServiceGetResponse> Get(
        MaximizationServiceGetRequest request, ServerCallContext context) =>
        new() { Run = await FindAsync(Id(request.RunId)).ConfigureAwait(false) };

    public override async Task<MaximizationServiceListResponse> List(
        MaximizationServiceListRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            throw RpcErrors.InvalidArgument(("page_size", $"must be 0 to {LargestPage}, not {request.PageSize}"));
        }

        var before = request.PageToken.Length == 0 ? "" : Id(request.PageToken, "page_token");
        var size = request.PageSize == 0 ? DefaultPage : request.PageSize;
        var runs = await ListAsync(before, size + 1, RunOwners.Filter(context.Caller())).ConfigureAwait(false);
        var response = new MaximizationServiceListResponse();
        response.Runs.AddRange(runs.Take(size));
        response.NextPageToken = runs.Count > size ? response.Runs[^1].RunId : "";
        return response;
    }

    public override async Task Watch(
        MaximizationServiceWatchRequest request,
        IServerStreamWriter<MaximizationServiceWatchResponse> responseStream,
        ServerCallContext context)
    {
        var id = Id(request.RunId);
        var next = Math.Max(request.FromSequence, 1);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        metrics.WatchBegan();
        try
        {
            await foreach (var message in watch.FollowAsync(id, next, linked.Token).ConfigureAwait(false))
            {
                // Not the linked token: a write that is cancelled aborts the call, and the watcher would not hear where to go on.
                await responseStream.WriteAsync(
                    new MaximizationServiceWatchResponse { Event = message }, context.CancellationToken).ConfigureAwait(false);
                next = message.Sequence + 1;
            }
        }
        catch (OperationCanceledException) when (
            lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw ResumeTokens.Stopping(id, next);
        }
        finally
        {
            metrics.WatchEnded();
        }
    }

    public override async Task<MaximizationServiceCancelResponse> Cancel(
        MaximizationServiceCancelRequest request, ServerCallContext context)
    {
        var id = Id(request.RunId);
        var run = await FindAsync(id).ConfigureAwait(false);
        RunOwners.RequireEnding(run, context.Caller());
        if (run.State == RunState.Running)
        {
            if (hub.Find(id) is { } local)
            {
                local.Cancel();
            }
            else
            {
                await SharedAsync(async redis =>
                {
                    await redis.RequestCancelAsync(id).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
            }
        }

        return new MaximizationServiceCancelResponse { Run = run };
    }

    /// <summary>A run's name as the caller gave it; only such are looked up.</summary>
    private static string Id(string text, string field = "run_id") =>
        text.Length == IdLength && text.All(char.IsAsciiLetterOrDigit)
            ? text
            : throw RpcErrors.InvalidArgument(
                (field, $"must be the {IdLength} letters and digits of a run, not {Fields.Quote(text)}"));

    private async Task<MaximizationRun> FindAsync(string id)
    {
        if (hub.Find(id) is { } local)
        {
            return local.Describe();
        }

        return hub.Redis is null
            ? throw RunWatch.Unknown(id)
            : await SharedAsync(redis => redis.FindAsync(id)).ConfigureAwait(false) ?? throw RunWatch.Unknown(id);
    }

    private async Task<List<MaximizationRun>> ListAsync(string before, int count, string? owner)
    {
        if (hub.Redis is { } redis)
        {
            try
            {
                return await SharedListAsync(redis, before, count, owner).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Then those that are here.
            }
        }

        return [.. hub.All()
            .Where(run => before.Length == 0 || string.CompareOrdinal(run.Id, before) < 0)
            .Select(run => run.Describe())
            .Where(run => owner is null || run.Caller == owner)
            .Take(count)];
    }

    private async Task<List<MaximizationRun>> SharedListAsync(RedisRuns redis, string before, int count, string? owner)
    {
        var runs = new List<MaximizationRun>();
        while (runs.Count < count)
        {
            var names = await redis.NamesAsync(before, count - runs.Count, owner).ConfigureAwait(false);
            foreach (var name in names)
            {
                before = name;
                if ((hub.Find(name)?.Describe() ?? await redis.FindAsync(name).ConfigureAwait(false)) is not { } run)
                {
                    await redis.ForgetAsync(name, owner).ConfigureAwait(false);
                }
                else if (owner is null || run.Caller == owner)
                {
                    runs.Add(run);
                }
            }

            if (names.Count == 0)
            {
                break;
            }
        }

        return runs;
    }

    private async Task<T> SharedAsync<T>(Func<RedisRuns, Task<T>> ask)
    {
        try
        {
            return await ask(hub.Redis!).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw RpcErrors.Unavailable(
                "REDIS_UNREACHABLE", "the run is not of this replica, and Redis does not answer; try again");
        }
    }
}
