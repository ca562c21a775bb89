using System.Globalization;
using System.Text;
using CnnViz.V1;

namespace CnnViz.Cli.Output;

/// <summary>How a run's images compare with photographs.</summary>
/// <param name="Results">All images of the run; those of dead filters have no score and exceed nothing.</param>
internal sealed record RunScores(IReadOnlyList<MaximizationResult> Results)
{
    /// <summary>Images that excite their filter more than photographs do at 99.9% of their cells.</summary>
    public int Above => Results.Count(result => result.HasQualityReference && result.QualityActivation > result.QualityReference);

    /// <summary>Median of the ratios there are; null where there is none, as for class logits.</summary>
    public double? MedianRatio
    {
        get
        {
            var ratios = Results.Where(result => result.HasQualityClean).Select(result => result.QualityClean).Order().ToList();
            return ratios.Count == 0 ? null : (ratios[(ratios.Count - 1) / 2] + ratios[ratios.Count / 2]) / 2;
        }
    }

    /// <summary>The scores of a run by filter and variant, whichever was finished first; null where it scored nothing.</summary>
    public static RunScores? Of(IReadOnlyList<MaximizationResult> results) => results.Any(result => result.HasQualityReference)
        ? new RunScores([.. results.OrderBy(result => result.Filter).ThenBy(result => result.Variant)])
        : null;

    /// <summary>"61 of 64 images excite their filter more than …; median ratio 1.83".</summary>
    public string Summary()
    {
        var median = MedianRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"; median ratio {ratio:F2}") : "";
        return $"{Above} of {Results.Count} images excite their filter more than the 99.9th percentile over photographs{median}";
    }

    /// <summary>A line per image, and the summary.</summary>
    public string Table()
    {
        var variants = Results.Any(result => result.Variant > 0);
        var text = new StringBuilder();
        Line("filter", "objective", "photographs", "ratio", "unseen views");
        foreach (var result in Results)
        {
            var name = variants ? $"{result.Filter} / {result.Variant + 1}" : $"{result.Filter}";
            if (result.HasQualityReference)
            {
                Line(
                    name,
                    Number(result.QualityActivation, "G4"),
                    Number(result.QualityReference, "G4"),
                    result.HasQualityClean ? Number(result.QualityClean, "F2") : "-",
                    result.HasQualityTransformed ? Number(result.QualityTransformed, "F2") : "-");
            }
            else
            {
                Line(name, "-", "-", "-", "-");
            }
        }

        return text.Append(Summary()).ToString();

        void Line(string filter, string objective, string photographs, string ratio, string views) =>
            text.Append(CultureInfo.InvariantCulture, $"{filter,9}{objective,12}{photographs,13}{ratio,8}{views,14}\n");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
