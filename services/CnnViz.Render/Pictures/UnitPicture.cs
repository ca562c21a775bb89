using CnnViz.Imaging;
using CnnViz.Imaging.Plots;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>What the outputs of single units belong to.</summary>
/// <param name="Title">Network and layer.</param>
/// <param name="Input">What the outputs are for, in words.</param>
/// <param name="All">Units of the layer.</param>
internal sealed record UnitOutputs(string Title, string Input, int All);

/// <summary>
/// Outputs of single units (a dense layer, pooled features): named bars where there are few or where they are the model's
/// classes, of which the largest are shown; else a plot over the unit's number.
/// </summary>
internal static class UnitPicture
{
    private const int MostNamed = 24;
    private const int LargestClasses = 20;

    public static FinishedPicture Draw(
        UnitOutputs outputs, ModelInfoResponse model, float[] values, IReadOnlyList<int> chosen, TileStyle style)
    {
        var background = style.BackgroundOr(Rgb.Ink);
        var options = new PlotOptions { Background = background, TextColor = TextColors.On(background).Subtitle };
        var classes = outputs.All == model.Labels.Count;
        var units = values.Select((value, i) => (Number: chosen.Count == 0 ? i : chosen[i], Value: value)).ToList();
        var words = $"{(chosen.Count == 0 ? $"{outputs.All}" : $"{units.Count} of {outputs.All}")} {(classes ? "classes" : "units")} for {outputs.Input}";
        if (units.Count > MostNamed && !classes)
        {
            var plot = VectorPlot.Draw(values, options with
            {
                Height = 240,
                ValueLabel = "output",
                PositionLabel = chosen.Count == 0 ? "unit" : "place among the units asked for",
            });
            return style.Finish(new Drawn(plot, outputs.Title, words, 1, 1), captionByDefault: true);
        }

        if (units.Count > MostNamed)
        {
            units = [.. units.OrderByDescending(unit => unit.Value).ThenBy(unit => unit.Number).Take(LargestClasses)];
            words += $"; the {LargestClasses} largest";
        }

        var bars = units.Select(
            unit => (classes ? model.Labels[unit.Number] : $"unit {TileTexts.Number(unit.Number)}", unit.Value));
        var canvas = NamedBars.Draw([.. bars], options with { Width = 480 });
        return style.Finish(new Drawn(canvas, outputs.Title, words, 1, 1), captionByDefault: true);
    }
}
