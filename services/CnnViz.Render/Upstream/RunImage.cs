namespace CnnViz.Render.Upstream;

/// <summary>Which of a run's images.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Variant">Which of the filter's images, from 0.</param>
internal readonly record struct RunImage(int Filter, int Variant);
