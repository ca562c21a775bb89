namespace CnnViz.Cli.Output;

/// <summary>How far a run is.</summary>
/// <param name="Fraction">Share that is done, 0..1.</param>
/// <param name="Filters">The filters that ascend now, for example "8-15", or "3…40" with gaps.</param>
/// <param name="Iteration">Iteration of the filters that ascend now.</param>
/// <param name="Steps">Iterations they take.</param>
/// <param name="Objective">Mean of their objectives, in the layer's own units.</param>
/// <param name="Remaining">Estimated time to the end; null while too little is known.</param>
internal sealed record RunProgress(
    double Fraction, string Filters, int Iteration, int Steps, double Objective, TimeSpan? Remaining) : IShownProgress
{
    /// <summary>The numbers in words: "filters 8-15 · iteration 67/160 · objective 12.3 · 4 s left".</summary>
    public string Describe()
    {
        var left = Remaining is { } remaining ? $" · {Durations.Short(remaining)} left" : "";
        return $"filters {Filters} · iteration {Iteration}/{Steps} · objective {Objective:G4}{left}";
    }
}
