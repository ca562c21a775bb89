namespace CnnViz.Engine.Scheduling;

/// <summary>As many runs and requests are under way as may be.</summary>
/// <param name="limit">How many that is.</param>
/// <param name="retryAfter">When to try again.</param>
public sealed class TicketLimitException(int limit, TimeSpan retryAfter)
    : Exception($"{limit} computations are under way, which is the limit; try again later")
{
    public int Limit { get; } = limit;

    public TimeSpan RetryAfter { get; } = retryAfter;
}
