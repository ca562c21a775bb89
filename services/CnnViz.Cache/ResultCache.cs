using CnnViz.Cache.Addressing;
using CnnViz.Cache.Memory;
using CnnViz.Cache.Shared;
using CnnViz.Cache.Telemetry;
using Microsoft.Extensions.Options;

namespace CnnViz.Cache;

/// <summary>Both levels, shared by everything that a host caches; <see cref="ReplayCache{TMessage}"/> is how they are used.</summary>
public sealed class ResultCache : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task _background = Task.CompletedTask;
    private long _pendingBytes;

    internal ResultCache(IOptions<CacheOptions> options, SharedLevel? shared, CacheMetrics? metrics = null)
    {
        Options = options.Value;
        Memory = new ByteLru<(Type, ContentAddress), object>(Options.MemoryBytes);
        Shared = shared;
        Metrics = metrics;
        metrics?.Observe(this);
    }

    internal CacheOptions Options { get; }

    /// <summary>Recorded streams by message type and address.</summary>
    internal ByteLru<(Type Message, ContentAddress Address), object> Memory { get; }

    /// <summary>Where lookups are counted; null = nowhere.</summary>
    internal CacheMetrics? Metrics { get; }

    /// <summary>Null where no Redis is configured.</summary>
    internal SharedLevel? Shared { get; }

    /// <summary>Ends when everything on its way to Redis is there, or was given up.</summary>
    public Task WhenStoredAsync()
    {
        lock (_gate)
        {
            return _background;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await WhenStoredAsync().ConfigureAwait(false);
        Shared?.Dispose();
    }

    /// <summary>Runs work that no request waits for; not at all if too many bytes are on their way already.</summary>
    /// <returns>False if it was not begun.</returns>
    internal bool TryInBackground(long bytes, Func<Task> work)
    {
        lock (_gate)
        {
            if (_pendingBytes + bytes > 2L * Options.LargestResultBytes)
            {
                return false;
            }

            _pendingBytes += bytes;
            _background = Task.WhenAll(_background, RunAsync());
            return true;
        }

        async Task RunAsync()
        {
            try
            {
                await Task.Run(work).ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                {
                    _pendingBytes -= bytes;
                }
            }
        }
    }
}
