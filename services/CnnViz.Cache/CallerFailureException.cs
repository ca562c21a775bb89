namespace CnnViz.Cache;

/// <summary>
/// A computation failed for a reason of the caller that began it alone, before it emitted anything: that caller gets the failure,
/// equal callers compute for themselves.
/// </summary>
/// <param name="failure">What that caller gets.</param>
public sealed class CallerFailureException(Exception failure) : Exception(failure.Message, failure)
{
    /// <summary>What that caller gets.</summary>
    public Exception Failure { get; } = failure;
}
