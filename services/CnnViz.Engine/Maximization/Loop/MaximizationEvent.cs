using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// What happens in a run: first one <see cref="MaximizationStarted"/>; for each group of filters that ascend together, in order,
/// one <see cref="MaximizationProgress"/> per step, previews where asked for, and one <see cref="MaximizationResult"/> per
/// filter; last one <see cref="MaximizationCompleted"/>. Where asked for, a <see cref="MaximizationCheckpoint"/> comes in between.
/// Groups may ascend at the same time, and then their events mingle.
/// </summary>
public abstract record MaximizationEvent;

/// <summary>The options were accepted and the model is compiled.</summary>
/// <param name="Options">The run's options, every default filled in.</param>
/// <param name="Engine">Name of the engine that computes.</param>
/// <param name="Device">Its device, "cpu" or "cuda:0".</param>
/// <param name="Precision">Its arithmetic, "fp32" unless stated otherwise.</param>
/// <param name="Threads">Threads of one pass.</param>
/// <param name="LayerShape">Shape of the target layer's output for one picture of this size.</param>
/// <param name="ImageShape">Shape of the pictures in ascent space: (channels, height, width).</param>
/// <param name="Batch">Most filters that ascend at the same time.</param>
public sealed record MaximizationStarted(
    MaximizationOptions Options,
    string Engine,
    string Device,
    string Precision,
    int Threads,
    TensorShape LayerShape,
    TensorShape ImageShape,
    int Batch) : MaximizationEvent;

/// <summary>One step of one group.</summary>
/// <param name="Group">Which group of filters, from 0.</param>
/// <param name="Iteration">The step that ended, 1 to the number of steps.</param>
/// <param name="Filters">One entry per filter of the group.</param>
/// <param name="Fraction">Share of the whole run that is done, 0 to 1.</param>
public sealed record MaximizationProgress(
    int Group, int Iteration, IReadOnlyList<FilterProgress> Filters, double Fraction) : MaximizationEvent;

/// <summary>A filter's state at a step.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Objective">The objective before the step, through the step's transform, in the layer's own units.</param>
/// <param name="GradientNorm">Euclidean norm of its gradient to the picture in ascent space, penalties left out.</param>
/// <param name="Variant">Which of the filter's pictures, from 0.</param>
public readonly record struct FilterProgress(int Filter, double Objective, double GradientNorm, int Variant = 0);

/// <summary>A filter's picture after a step.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Iteration">The step that ended.</param>
/// <param name="Shape">(channels, height, width).</param>
/// <param name="Image">The picture in ascent space, row-major: red, green, blue planes (or one grey), mostly in [-1, 1].</param>
/// <param name="Variant">Which of the filter's pictures, from 0.</param>
public sealed record MaximizationPreview(
    int Filter, int Iteration, TensorShape Shape, ReadOnlyMemory<float> Image, int Variant = 0) : MaximizationEvent;

/// <summary>A filter is done.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Shape">(channels, height, width).</param>
/// <param name="Image">
/// The picture in ascent space, row-major: red, green, blue planes (or one grey), mostly in [-1, 1]. Empty when
/// <paramref name="ZeroGradient"/>: what is left of the starting noise shows nothing.
/// </param>
/// <param name="Objective">The objective of the finished picture itself, without transform, in the layer's own units.</param>
/// <param name="ZeroGradient">True when the gradient was 0 at every step, as for filters that died in training.</param>
public sealed record MaximizationResult(
    int Filter, TensorShape Shape, ReadOnlyMemory<float> Image, double Objective, bool ZeroGradient) : MaximizationEvent
{
    /// <summary>Which of the filter's pictures, from 0.</summary>
    public int Variant { get; init; }

    /// <summary>
    /// Where the gradient was strong, summed over steps and channels, clipped at its 80th percentile and divided by it: 0 to 1,
    /// (height, width). Empty unless <see cref="MaximizationOptions.TransparencyMask"/>.
    /// </summary>
    public ReadOnlyMemory<float> Mask { get; init; }

    /// <summary>How the picture compares with photographs; null unless <see cref="MaximizationOptions.Score"/>.</summary>
    public QualityScore? Quality { get; init; }
}

/// <summary>All filters are done.</summary>
/// <param name="Elapsed">Time since the run began, waiting for a slow consumer included.</param>
/// <param name="EngineTime">
/// The part of it spent in the engine's forward and backward passes, summed over groups that ascend at the same time.
/// </param>
/// <param name="ImageSteps">Pictures times steps computed.</param>
/// <param name="ZeroGradientFilters">Filters whose gradient was 0 at every step.</param>
public sealed record MaximizationCompleted(
    TimeSpan Elapsed, TimeSpan EngineTime, long ImageSteps, IReadOnlyList<int> ZeroGradientFilters) : MaximizationEvent;
