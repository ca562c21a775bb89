using CnnViz.Cache.Shared;
using CnnViz.V1;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>Names of runs in Redis: of all, and of each known caller's.</summary>
internal static class RunIndex
{
    private const string All = RedisConnection.Prefix + "runs";

    // Names kept, also of runs that are no longer; the oldest go.
    private const int Longest = 10_000;

    /// <summary>Adds a run.</summary>
    /// <param name="database">Where.</param>
    /// <param name="run">The run.</param>
    /// <param name="keep">How long a caller's names are kept after its last run began.</param>
    public static async Task AddAsync(IDatabase database, MaximizationRun run, TimeSpan keep)
    {
        await AddAsync(database, All, run.RunId).ConfigureAwait(false);
        if (run.Caller.Length > 0)
        {
            await AddAsync(database, Of(run.Caller), run.RunId).ConfigureAwait(false);
            await database.KeyExpireAsync(Of(run.Caller), keep).ConfigureAwait(false);
        }
    }

    /// <summary>Strikes off a run.</summary>
    /// <param name="database">Where.</param>
    /// <param name="id">The run.</param>
    /// <param name="owner">Whose list names it too; null or empty for nobody's.</param>
    public static async Task RemoveAsync(IDatabase database, string id, string? owner)
    {
        await database.SortedSetRemoveAsync(All, id).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(owner))
        {
            await database.SortedSetRemoveAsync(Of(owner), id).ConfigureAwait(false);
        }
    }

    /// <summary>Names before one, newest first.</summary>
    /// <param name="database">Where.</param>
    /// <param name="before">A name; empty for the newest.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="owner">A known caller, for its runs alone; null or empty for all.</param>
    public static async Task<IReadOnlyList<string>> NamesAsync(IDatabase database, string before, int most, string? owner)
    {
        var names = await database.SortedSetRangeByValueAsync(
            string.IsNullOrEmpty(owner) ? All : Of(owner),
            max: before.Length == 0 ? RedisValue.Null : before,
            exclude: before.Length == 0 ? Exclude.None : Exclude.Stop,
            order: Order.Descending,
            take: most).ConfigureAwait(false);
        return [.. names.Select(name => (string)name!)];
    }

    private static async Task AddAsync(IDatabase database, RedisKey key, string id)
    {
        await database.SortedSetAddAsync(key, id, 0).ConfigureAwait(false);
        await database.SortedSetRemoveRangeByRankAsync(key, 0, -Longest - 1).ConfigureAwait(false);
    }

    private static RedisKey Of(string owner) => $"{All}:of:{owner}";
}
