using System.Globalization;

namespace CnnViz.Engine.Scheduling;

/// <summary>What waits is so much that work could not begin before it is needed.</summary>
/// <param name="wait">About how long it would wait.</param>
/// <param name="retryAfter">When to try again.</param>
public sealed class QueueTooLongException(TimeSpan wait, TimeSpan retryAfter)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"the first turn would come in about {wait.TotalSeconds:0.0} s, after the call's deadline; give it more or try again later"))
{
    /// <summary>About how long it would wait.</summary>
    public TimeSpan Wait { get; } = wait;

    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
