namespace CnnViz.Cache.Shared;

/// <summary>The time that the shared level may still cost one request. Not safe for concurrent use.</summary>
internal sealed class CallBudget(TimeSpan whole, TimeProvider time)
{
    private TimeSpan _spent;

    /// <summary>What is left; zero when it is spent.</summary>
    public TimeSpan Left => _spent < whole ? whole - _spent : TimeSpan.Zero;

    /// <summary>Starts anew: what was waited for came.</summary>
    public void Refill() => _spent = TimeSpan.Zero;

    /// <summary>Nothing more for this request.</summary>
    public void Close() => _spent = whole;

    /// <summary>Takes off the time since a timestamp.</summary>
    public void SpendSince(long timestamp) => _spent += time.GetElapsedTime(timestamp);
}
