using System.Globalization;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>How a run's images compare with photographs, in words.</summary>
internal static class RunScores
{
    /// <summary>What a tile's label says: the ratio, or where there is none the difference; null for an image without a
    /// score.</summary>
    public static string? Label(MaximizationResult result) => result switch
    {
        { HasQualityClean: true } => string.Create(CultureInfo.InvariantCulture, $"×{result.QualityClean:F2}"),
        { HasQualityActivation: true, HasQualityReference: true } =>
            (result.QualityActivation - result.QualityReference).ToString("+0.00;-0.00", CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>How many images exceed the photographs, and by what ratio in the middle; null where nothing was scored.</summary>
    /// <param name="results">All images of the run; those of dead filters have no score and exceed nothing.</param>
    public static string? Summary(IReadOnlyList<MaximizationResult> results)
    {
        var scored = results.Where(result => result.HasQualityReference).ToList();
        if (scored.Count == 0)
        {
            return null;
        }

        var above = scored.Count(result => result.QualityActivation > result.QualityReference);
        var ratios = scored.Where(result => result.HasQualityClean).Select(result => result.QualityClean).Order().ToList();
        var median = ratios.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $", median ratio {(ratios[(ratios.Count - 1) / 2] + ratios[ratios.Count / 2]) / 2:F2}");
        return $"{above} of {results.Count} above the photographs' 99.9th percentile{median}";
    }
}
