namespace CnnViz.Imaging.Plots;

/// <summary>Several plots as one picture.</summary>
public static class PlotColumn
{
    /// <summary>The plots one below the other, left-aligned.</summary>
    /// <param name="plots">At least one; RGB.</param>
    /// <param name="gap">Pixels between them, 0 or more. Default 18.</param>
    /// <param name="background">Default <see cref="Rgb.Ink"/>.</param>
    public static Raster Compose(IReadOnlyList<Raster> plots, int gap = 18, Rgb? background = null)
    {
        ArgumentNullException.ThrowIfNull(plots);
        ArgumentOutOfRangeException.ThrowIfZero(plots.Count, nameof(plots));
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        return Drawing.Stack(plots, gap, background ?? Rgb.Ink);
    }
}
