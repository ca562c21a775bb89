namespace CnnViz.Engine.Maximization;

/// <summary>
/// Moves one picture's parameters uphill. Immutable and safe for concurrent use: what an optimiser remembers between steps lies
/// in the state that the caller keeps for each picture.
/// </summary>
public interface IOptimizer
{
    /// <summary>Floats of state per picture, all 0 before the first step.</summary>
    int StateLength(int parameterCount);

    /// <summary>One ascent step, in place.</summary>
    /// <param name="step">Which step this is, from 1.</param>
    /// <param name="parameters">One picture's parameters.</param>
    /// <param name="gradient">The objective's gradient to them.</param>
    /// <param name="state">The picture's state.</param>
    void Step(int step, Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> state);
}
