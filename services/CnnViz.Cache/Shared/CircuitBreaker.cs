namespace CnnViz.Cache.Shared;

/// <summary>
/// Remembers that something fails, so that nobody waits for it again and again. Open after some failures in a row; while it is
/// open, one probe at a time may find out whether it works again. Safe for concurrent use.
/// </summary>
/// <param name="failuresUntilOpen">Failures in a row, at least 1.</param>
/// <param name="openTime">Time between probes.</param>
/// <param name="time">The clock.</param>
internal sealed class CircuitBreaker(int failuresUntilOpen, TimeSpan openTime, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset? _nextProbe;

    /// <summary>Whether it may be used.</summary>
    public bool Closed
    {
        get
        {
            lock (_gate)
            {
                return _nextProbe is null;
            }
        }
    }

    /// <summary>True for one caller when it is time to probe; that caller reports how it went.</summary>
    public bool TakeProbe()
    {
        lock (_gate)
        {
            if (_nextProbe is not { } due || time.GetUtcNow() < due)
            {
                return false;
            }

            _nextProbe = time.GetUtcNow() + openTime;
            return true;
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            _failures = 0;
            _nextProbe = null;
        }
    }

    /// <summary>Counts a failure; true when this one opened it.</summary>
    public bool Failed()
    {
        lock (_gate)
        {
            if (_nextProbe is not null || ++_failures < failuresUntilOpen)
            {
                return false;
            }

            _nextProbe = time.GetUtcNow() + openTime;
            return true;
        }
    }
}
