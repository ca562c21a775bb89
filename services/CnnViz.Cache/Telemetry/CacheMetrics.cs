using System.Diagnostics.Metrics;
using CnnViz.V1;

namespace CnnViz.Cache.Telemetry;

/// <summary>How often answers were there, of the meter "CnnViz.Cache". Safe for concurrent use.</summary>
public sealed class CacheMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CnnViz.Cache";

    private readonly Meter _meter;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _joins;

    /// <param name="meters">The host's.</param>
    public CacheMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _hits = _meter.CreateCounter<long>("cnnviz.cache.hits", "{answer}", "Answers that were there, by level");
        _misses = _meter.CreateCounter<long>("cnnviz.cache.misses", "{answer}", "Answers that had to be computed");
        _joins = _meter.CreateCounter<long>(
            "cnnviz.cache.joins", "{answer}", "Answers that another call was computing already, here or on another replica");
    }

    /// <summary>Counts a lookup by what it found.</summary>
    internal void Found(CacheState state)
    {
        switch (state)
        {
            case CacheState.Memory:
                _hits.Add(1, new KeyValuePair<string, object?>("cnnviz.cache.level", "memory"));
                break;
            case CacheState.Redis:
                _hits.Add(1, new KeyValuePair<string, object?>("cnnviz.cache.level", "redis"));
                break;
            case CacheState.Joined:
                _joins.Add(1);
                break;
            default:
                _misses.Add(1);
                break;
        }
    }

    /// <summary>Shows how full the memory is and whether Redis is left alone.</summary>
    internal void Observe(ResultCache cache)
    {
        _meter.CreateObservableGauge("cnnviz.cache.memory.used", () => cache.Memory.Bytes, "By", "Bytes of answers kept in the process");
        _meter.CreateObservableGauge(
            "cnnviz.cache.memory.limit", () => cache.Options.MemoryBytes, "By", "Most bytes of answers kept in the process");
        if (cache.Shared is { } shared)
        {
            _meter.CreateObservableGauge(
                "cnnviz.redis.breaker.open", () => shared.InUse ? 0 : 1, "{breaker}", "1 while Redis is left alone because it failed, else 0");
        }
    }
}
