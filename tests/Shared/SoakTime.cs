using System.Diagnostics;
using System.Globalization;

namespace CnnViz.Tests.Shared;

/// <summary>How long a long test runs: CNNVIZ_SOAK_SECONDS (set by ./cnnviz soak), else one minute.</summary>
internal sealed class SoakTime
{
    /// <summary>The trait that keeps long tests out of ./cnnviz test: [Trait(SoakTime.Category, SoakTime.Soak)].</summary>
    public const string Category = "Category";

    /// <summary>That trait's value.</summary>
    public const string Soak = "Soak";

    private readonly long _begin = Stopwatch.GetTimestamp();

    /// <summary>The time from the start to the end.</summary>
    public TimeSpan Limit { get; } = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("CNNVIZ_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : 60);

    /// <summary>The part of it that has passed, from 0; 1 or more when it is over.</summary>
    public double Passed => Stopwatch.GetElapsedTime(_begin) / Limit;

    /// <summary>Whether it is over.</summary>
    public bool Over => Passed >= 1;
}
