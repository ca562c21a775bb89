namespace CnnViz.Engine.Maximization;

/// <summary>The largest values that <see cref="MaximizationValidator"/> lets through.</summary>
public sealed record MaximizationLimits
{
    /// <summary>The limits stated in <see cref="MaximizationOptions"/>.</summary>
    public static MaximizationLimits Default { get; } = new();

    public int MaxSteps { get; init; } = 4096;

    /// <summary>Smallest height and width in pixels.</summary>
    public int MinSize { get; init; } = 16;

    /// <summary>Largest height and width in pixels.</summary>
    public int MaxSize { get; init; } = 1024;

    /// <summary>Most filters in one call.</summary>
    public int MaxFilters { get; init; } = 512;

    public double MaxLearningRate { get; init; } = 1000;
}
