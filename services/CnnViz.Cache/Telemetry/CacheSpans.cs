using System.Diagnostics;
using CnnViz.V1;

namespace CnnViz.Cache.Telemetry;

/// <summary>Spans of looking answers up, of the source "CnnViz.Cache".</summary>
internal static class CacheSpans
{
    private const string LookupName = "cache lookup";
    private const string LevelTag = "cnnviz.cache.result";

    private static readonly ActivitySource _source = new("CnnViz.Cache");

    /// <summary>Begins a look in Redis; null while nobody listens.</summary>
    public static Activity? StartLookup() => _source.StartActivity(LookupName);

    /// <summary>Notes where an answer came from.</summary>
    public static void Found(Activity? lookup, CacheState state) => lookup?.SetTag(LevelTag, Name(state));

    /// <summary>A look that found the answer in this process.</summary>
    /// <param name="began">When it began.</param>
    /// <param name="state">In memory, or joined where another call computes it.</param>
    /// <param name="leader">The call that computes it; its span is linked.</param>
    public static void FoundHere(DateTime began, CacheState state, ActivityContext leader = default)
    {
        if (!_source.HasListeners())
        {
            return;
        }

        ActivityLink[]? links = leader == default ? null : [new ActivityLink(leader)];
        using var lookup = _source.StartActivity(
            LookupName, ActivityKind.Internal, default(ActivityContext), links: links, startTime: began);
        Found(lookup, state);
    }

    /// <summary>Begins a call to Redis, named by its command; keys and values are never told.</summary>
    public static Activity? StartRedis(string command)
    {
        var span = _source.StartActivity(command, ActivityKind.Client);
        span?.SetTag("db.system.name", "redis");
        span?.SetTag("db.operation.name", command);
        return span;
    }

    /// <summary>Notes that a call to Redis failed, by the kind of failure alone.</summary>
    public static void Failed(Activity? span, Exception failure)
    {
        span?.SetTag("error.type", failure.GetType().Name);
        span?.SetStatus(ActivityStatusCode.Error);
    }

    private static string Name(CacheState state) => state switch
    {
        CacheState.Memory => "memory",
        CacheState.Redis => "redis",
        CacheState.Joined => "joined",
        _ => "miss",
    };
}
