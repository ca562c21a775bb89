namespace CnnViz.Engine.Maximization;

/// <summary>
/// How a finished picture compares with photographs: its objective divided by the 99.9th percentile of the filter's activation at
/// single cells over photographs. For a channel the objective is the mean over the map's inner cells, so a picture whose ratio is
/// above 1 excites the filter on average over its whole area more than photographs do at all but a thousandth of their cells.
/// There is a ratio only where the percentile is above 0; class logits, which photographs without the thing hold far below 0,
/// have none, and there the two numbers themselves compare.
/// </summary>
/// <param name="Reference">The percentile over photographs, in the layer's own units: <see cref="PhotographReference"/>.</param>
/// <param name="Activation">
/// The finished picture's objective, in the layer's own units: <see cref="MaximizationResult.Objective"/> without further terms.
/// </param>
/// <param name="TransformedActivation">The same under <see cref="UnseenViews"/>, on average over the views.</param>
public sealed record QualityScore(double Reference, double Activation, double TransformedActivation)
{
    /// <summary>
    /// <see cref="Activation"/> divided by <see cref="Reference"/>; null where the reference is not above 0.
    /// </summary>
    public double? Clean => Ratio(Activation);

    /// <summary><see cref="TransformedActivation"/> divided by <see cref="Reference"/>; null where the reference is not above
    /// 0.</summary>
    public double? Transformed => Ratio(TransformedActivation);

    private double? Ratio(double activation) => Reference > 0 ? activation / Reference : null;
}
