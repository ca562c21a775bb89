using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// What is maximized: a number computed from one layer's activation, with its gradient to that activation in closed form. The
/// engine turns that gradient, the cotangent, into the gradient to the input, so an objective works on every engine. Objectives
/// are immutable and safe for concurrent use.
/// </summary>
public interface IObjective
{
    /// <summary>Name of the layer whose activation it reads.</summary>
    string Layer { get; }

    /// <summary>The cells that it reads, for any filter; cotangents of all others are 0.</summary>
    /// <param name="shape">A feature map's shape.</param>
    CellRegion Reads(TensorShape shape);

    /// <summary>The value and cotangent for one picture.</summary>
    /// <param name="activation">One sample's activation, row-major.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="filter">The filter (channel or unit) that this picture is for.</param>
    /// <param name="cotangent">Receives the gradient of the value to <paramref name="activation"/>, every element.</param>
    /// <returns>The objective's value.</returns>
    double Evaluate(ReadOnlySpan<float> activation, TensorShape shape, int filter, Span<float> cotangent);
}
