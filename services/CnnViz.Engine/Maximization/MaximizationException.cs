namespace CnnViz.Engine.Maximization;

/// <summary>A maximization that cannot go on; the message names the filter, the step and the reason.</summary>
public sealed class MaximizationException : Exception
{
    public MaximizationException(string message, int filter, int step)
        : base(message) =>
        (Filter, Step) = (filter, step);

    /// <summary>The filter whose objective or gradient went wrong.</summary>
    public int Filter { get; }

    /// <summary>The step at which it did, from 1.</summary>
    public int Step { get; }
}
