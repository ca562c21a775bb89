using StackExchange.Redis;
using static CnnViz.Inference.Runs.RedisRunKeys;

namespace CnnViz.Inference.Runs;

internal sealed partial class RedisRuns
{
    /// <summary>Takes a run over, if nobody holds its lease: whoever had it before can no longer write to it.</summary>
    public async Task<bool> TryTakeOverAsync(string id, string token)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        if (!await database.LockTakeAsync(Key(id, "lease"), token, options.LeaseTime).ConfigureAwait(false))
        {
            return false;
        }

        await database.HashSetAsync(Key(id, "about"), OwnerField, token).ConfigureAwait(false);
        return true;
    }

    /// <summary>Counts a takeover; returns how many there were.</summary>
    public async Task<int> CountTakeoverAsync(string id)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        await database.HashDeleteAsync(Key(id, "about"), OrphanField).ConfigureAwait(false);
        return (int)await database.HashIncrementAsync(Key(id, "about"), TakeoversField).ConfigureAwait(false);
    }

    /// <summary>Notes that a replica could not go on with a run; returns when the first one did since anyone last could.</summary>
    public async Task<DateTimeOffset> OrphanedSinceAsync(string id, DateTimeOffset now)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        var key = Key(id, "about");
        await database.HashSetAsync(key, OrphanField, now.ToUnixTimeMilliseconds(), When.NotExists).ConfigureAwait(false);
        var since = await database.HashGetAsync(key, OrphanField).ConfigureAwait(false);
        return since.TryParse(out long ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : now;
    }
}
