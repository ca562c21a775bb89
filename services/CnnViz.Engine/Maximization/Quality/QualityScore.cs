namespace CnnViz.Engine.Maximization;

/// <summary>
/// How a finished picture compares with photographs, like with like: the 99.9th percentile of the filter's activation over the
/// single cells of the feature map, the objective's border left out, of the picture and of photographs. For a neuron the
/// picture's number is the cell's activation.
/// </summary>
/// <param name="Reference">The percentile over photographs, in the layer's own units: <see cref="PhotographReference"/>.</param>
/// <param name="Clean">
/// The picture's divided by <paramref name="Reference"/>, above 1 where the picture excites the filter more than photographs do;
/// null where the reference is not above 0.
/// </param>
/// <param name="Transformed">The same with the picture's mean under <see cref="UnseenViews"/>.</param>
public sealed record QualityScore(double Reference, double? Clean, double? Transformed);
