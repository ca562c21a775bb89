using CnnViz.Imaging;
using CnnViz.Imaging.Plots;
using CnnViz.Render.Upstream;

namespace CnnViz.Render.Pictures;

/// <summary>Vectors of weights (bias, batch normalization) as plots over the filter's number, one below the other.</summary>
internal static class VectorPicture
{
    /// <summary>Room for four digits, sign and point: plots of several vectors align.</summary>
    private const int AxisRoom = 48;

    public static FinishedPicture Draw(WeightScene scene, IReadOnlyList<ReceivedTensor> vectors)
    {
        var background = scene.Style.BackgroundOr(Rgb.Ink);
        var plots = vectors.Select((vector, i) => VectorPlot.Draw(vector.Values, new PlotOptions
        {
            ValueLabel = vector.Header.Name,
            PositionLabel = i == vectors.Count - 1 ? "filter" : "",
            Background = background,
            TextColor = TextColors.On(background).Subtitle,
            AxisRoom = vectors.Count == 1 ? 0 : AxisRoom,
            Height = vectors.Count == 1 ? 240 : 130,
        })).ToList();
        var lengths = vectors.Select(vector => vector.Values.Length).Distinct();
        var subtitle = $"{string.Join(", ", vectors.Select(vector => vector.Header.Name))}: "
            + $"{(vectors.Count == 1 ? "a vector" : $"{vectors.Count} vectors")} of {string.Join(" and ", lengths)}, one value per filter";
        var title = scene.Title(vectors.Count == 1 ? vectors[0].Header.Name : "kernel");
        var drawn = new Drawn(PlotColumn.Compose(plots, background: background), title, subtitle, 1, plots.Count);
        return scene.Style.Finish(drawn, captionByDefault: true);
    }
}
