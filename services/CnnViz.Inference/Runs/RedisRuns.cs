using System.Globalization;
using CnnViz.Cache.Shared;
using CnnViz.Engine.Maximization;
using CnnViz.ServiceDefaults.Streaming;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using StackExchange.Redis;
using static CnnViz.Inference.Runs.RedisRunKeys;
using MaximizationEvent = CnnViz.V1.MaximizationEvent;

namespace CnnViz.Inference.Runs;

/// <summary>
/// Runs as all replicas see them. Whoever holds a run's lease may write to it, and each write checks in the same transaction that
/// the lease still is the writer's. Every call throws <see cref="RedisException"/> or <see cref="TimeoutException"/> where Redis
/// does not answer.
/// </summary>
internal sealed partial class RedisRuns(RedisConnection connection, RunOptions options)
{
    private const string Active = RedisConnection.Prefix + "runs:active";
    private const string RunField = "run";
    private const string RequestField = "request";
    private const string CancelField = "cancel";
    private const string TakeoversField = "takeovers";
    private const string OwnerField = "owner";
    private const string TraceField = "trace";
    private const string OrphanField = "orphan";
    private const string EventField = "e";

    // Until a run ends; it is there in case that nobody ever takes it up again.
    private static readonly TimeSpan _whileItRuns = TimeSpan.FromDays(7);

    /// <summary>Takes or renews the lease for the replica that has the run; false where another one has or had it since.</summary>
    public async Task<bool> TryHoldAsync(string id, string token)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        if (await database.LockExtendAsync(Key(id, "lease"), token, options.LeaseTime).ConfigureAwait(false))
        {
            return true;
        }

        if (!await database.LockTakeAsync(Key(id, "lease"), token, options.LeaseTime).ConfigureAwait(false))
        {
            return false;
        }

        // A free lease may also mean that someone took the run over and has even ended it.
        var owner = await database.HashGetAsync(Key(id, "about"), OwnerField).ConfigureAwait(false);
        if (owner.IsNull || owner == token)
        {
            await database.HashSetAsync(Key(id, "about"), OwnerField, token).ConfigureAwait(false);
            return true;
        }

        await ReleaseAsync(id, token).ConfigureAwait(false);
        return false;
    }

    /// <summary>Whether some replica holds the lease.</summary>
    public async Task<bool> IsHeldAsync(string id) =>
        await (await DatabaseAsync().ConfigureAwait(false)).KeyExistsAsync(Key(id, "lease")).ConfigureAwait(false);

    public async Task ReleaseAsync(string id, string token) =>
        await (await DatabaseAsync().ConfigureAwait(false)).LockReleaseAsync(Key(id, "lease"), token).ConfigureAwait(false);

    /// <summary>Whether someone has asked the run to end.</summary>
    public async Task<bool> IsCancelledAsync(string id) =>
        await (await DatabaseAsync().ConfigureAwait(false)).HashExistsAsync(Key(id, "about"), CancelField).ConfigureAwait(false);

    /// <summary>Asks whichever replica has the run to end it.</summary>
    public async Task RequestCancelAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        await database.HashSetAsync(Key(id, "about"), CancelField, 1).ConfigureAwait(false);
        await database.PublishAsync(Cancels(id), RedisValue.EmptyString).ConfigureAwait(false);
    }

    /// <summary>Calls back when someone asks the run to end, until disposed; messages may be lost.</summary>
    public Task<IAsyncDisposable> ListenForCancelAsync(string id, Action heard) =>
        RedisNews.ListenAsync(connection, Cancels(id), heard);

    /// <summary>
    /// Makes the run known, or what Redis may have lost of it; returns the last event's sequence there. The first traceparent stays.
    /// </summary>
    public async Task<ulong> RegisterAsync(MaximizationRun run, MaximizeFilterRequest request, string? trace)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        HashEntry[] about = [new(RunField, run.ToByteArray()), new(RequestField, request.ToByteArray())];
        await database.HashSetAsync(Key(run.RunId, "about"), about).ConfigureAwait(false);
        await database.HashSetAsync(Key(run.RunId, "about"), TraceField, trace ?? "", When.NotExists).ConfigureAwait(false);
        await database.KeyExpireAsync(Key(run.RunId, "about"), _whileItRuns).ConfigureAwait(false);
        await RunIndex.AddAsync(database, run, _whileItRuns).ConfigureAwait(false);
        await database.SetAddAsync(Active, run.RunId).ConfigureAwait(false);
        return await LastAsync(run.RunId).ConfigureAwait(false);
    }

    /// <summary>Adds events all together; false where the lease is another's.</summary>
    public async Task<bool> AppendAsync(string id, string token, IReadOnlyList<MaximizationEvent> events)
    {
        var transaction = await FencedAsync(id, token).ConfigureAwait(false);
        var adds = events.Select(message => (Task)transaction.StreamAddAsync(
            Key(id, "events"), EventField, message.ToByteArray(), EntryId(message.Sequence))).ToList();
        adds.Add(transaction.KeyExpireAsync(Key(id, "events"), _whileItRuns));
        adds.Add(transaction.PublishAsync(News(id), RedisValue.EmptyString));
        return await CommitAsync(transaction, adds).ConfigureAwait(false);
    }

    /// <summary>Keeps a group's state, or forgets that of a finished group; false where the lease is another's.</summary>
    public async Task<bool> SaveAsync(string id, string token, GroupCheckpoint state)
    {
        var transaction = await FencedAsync(id, token).ConfigureAwait(false);
        var key = Key(id, "state:" + state.Group.ToString(CultureInfo.InvariantCulture));
        var group = (RedisValue)state.Group;
        var writes = new List<Task> { transaction.KeyDeleteAsync(key) };
        if (state.Pictures.Count == 0)
        {
            writes.Add(transaction.SetRemoveAsync(Key(id, "states"), group));
        }
        else
        {
            foreach (var (_, data) in Chunks.Of(CheckpointCodec.Encode(state)))
            {
                writes.Add(transaction.ListRightPushAsync(key, data));
            }

            writes.Add(transaction.KeyExpireAsync(key, _whileItRuns));
            writes.Add(transaction.SetAddAsync(Key(id, "states"), group));
            writes.Add(transaction.KeyExpireAsync(Key(id, "states"), _whileItRuns));
        }

        return await CommitAsync(transaction, writes).ConfigureAwait(false);
    }

    /// <summary>The last states of the groups; damaged ones are left out.</summary>
    public async Task<IReadOnlyList<GroupCheckpoint>> StatesAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var states = new List<GroupCheckpoint>();
        foreach (var group in await database.SetMembersAsync(Key(id, "states")).ConfigureAwait(false))
        {
            var chunks = await database.ListRangeAsync(Key(id, "state:" + group)).ConfigureAwait(false);
            if (CheckpointCodec.TryDecode([.. chunks.SelectMany(chunk => (byte[])chunk!)]) is { } state)
            {
                states.Add(state);
            }
        }

        return states;
    }

    /// <summary>Writes a run's end and gives it up; false where the lease is another's.</summary>
    public async Task<bool> FinishAsync(MaximizationRun run, string token)
    {
        var id = run.RunId;
        var transaction = await FencedAsync(id, token).ConfigureAwait(false);
        List<Task> writes =
        [
            transaction.HashSetAsync(Key(id, "about"), RunField, run.ToByteArray()),
            transaction.KeyExpireAsync(Key(id, "about"), options.TimeToLive),
            transaction.KeyExpireAsync(Key(id, "events"), options.TimeToLive),
            transaction.PublishAsync(News(id), RedisValue.EmptyString),
        ];
        if (!await CommitAsync(transaction, writes).ConfigureAwait(false))
        {
            return false;
        }

        var database = await DatabaseAsync().ConfigureAwait(false);
        await database.SetRemoveAsync(Active, id).ConfigureAwait(false);
        foreach (var group in await database.SetMembersAsync(Key(id, "states")).ConfigureAwait(false))
        {
            await database.KeyDeleteAsync(Key(id, "state:" + group)).ConfigureAwait(false);
        }

        await database.KeyDeleteAsync(Key(id, "states")).ConfigureAwait(false);
        await ReleaseAsync(id, token).ConfigureAwait(false);
        return true;
    }

    /// <summary>A run as it stands; null where Redis has none of that name, or only a damaged one.</summary>
    public async Task<MaximizationRun?> FindAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var about = await database.HashGetAsync(Key(id, "about"), [RunField, TakeoversField]).ConfigureAwait(false);
        if (Parsed(MaximizationRun.Parser, about[0]) is not { } run)
        {
            return null;
        }

        run.Takeovers = about[1].TryParse(out int takeovers) ? takeovers : 0;
        run.LastSequence = await LastAsync(id).ConfigureAwait(false);
        return run;
    }

    /// <summary>What a run was asked for; null where Redis has none of that name, or only a damaged one.</summary>
    public async Task<MaximizeFilterRequest?> RequestAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var request = await database.HashGetAsync(Key(id, "about"), RequestField).ConfigureAwait(false);
        return Parsed(MaximizeFilterRequest.Parser, request);
    }

    /// <summary>The traceparent of the span of the run's first replica; null where it had none.</summary>
    public async Task<string?> TraceAsync(string id) =>
        await (await DatabaseAsync().ConfigureAwait(false)).HashGetAsync(Key(id, "about"), TraceField).ConfigureAwait(false);

    /// <summary>Events from a sequence on, in order.</summary>
    /// <exception cref="RpcException">DATA_LOSS: one is damaged.</exception>
    public async Task<IReadOnlyList<MaximizationEvent>> ReadAsync(string id, ulong from, int most)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var entries = await database.StreamRangeAsync(Key(id, "events"), EntryId(from), "+", most).ConfigureAwait(false);
        return [.. entries.Select(entry => Parsed(MaximizationEvent.Parser, entry[EventField])
            ?? throw new RpcException(new Status(StatusCode.DataLoss, $"an event of run {id} is damaged in Redis")))];
    }

    /// <summary>Runs that have not ended, as far as is known.</summary>
    public async Task<IReadOnlyList<string>> ActiveAsync()
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        return [.. (await database.SetMembersAsync(Active).ConfigureAwait(false)).Select(id => (string)id!)];
    }

    /// <summary>Strikes off a run that Redis no longer has.</summary>
    /// <param name="id">The run.</param>
    /// <param name="owner">Whose list names it too; null or empty for nobody's.</param>
    public async Task ForgetAsync(string id, string? owner = null)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        await database.SetRemoveAsync(Active, id).ConfigureAwait(false);
        await RunIndex.RemoveAsync(database, id, owner).ConfigureAwait(false);
    }

    /// <summary>Names of runs before one, newest first.</summary>
    /// <param name="before">A name; empty for the newest.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="owner">A known caller, for its runs alone; null or empty for all.</param>
    public async Task<IReadOnlyList<string>> NamesAsync(string before, int most, string? owner) =>
        await RunIndex.NamesAsync(await DatabaseAsync().ConfigureAwait(false), before, most, owner).ConfigureAwait(false);

    /// <summary>Calls back whenever a run has news, until disposed; messages may be lost.</summary>
    public Task<IAsyncDisposable> ListenAsync(string id, Action heard) => RedisNews.ListenAsync(connection, News(id), heard);

    private async Task<ulong> LastAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var entries = await database.StreamRangeAsync(Key(id, "events"), "-", "+", 1, Order.Descending).ConfigureAwait(false);
        return entries.Length == 0 ? 0 : ulong.Parse(((string)entries[0].Id!).Split('-')[0], CultureInfo.InvariantCulture);
    }

    private async Task<ITransaction> FencedAsync(string id, string token)
    {
        var transaction = (await DatabaseAsync().ConfigureAwait(false)).CreateTransaction();
        transaction.AddCondition(Condition.StringEqual(Key(id, "lease"), token));
        return transaction;
    }

    private static async Task<bool> CommitAsync(ITransaction transaction, List<Task> writes)
    {
        if (!await transaction.ExecuteAsync().ConfigureAwait(false))
        {
            return false;
        }

        await Task.WhenAll(writes).ConfigureAwait(false);
        return true;
    }

    private async Task<IDatabase> DatabaseAsync() => (await connection.GetAsync().ConfigureAwait(false)).GetDatabase();
}
