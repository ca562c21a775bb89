namespace CnnViz.Models;

/// <summary>Where pooling windows lie along one axis; all in cells.</summary>
/// <param name="Extent">The map's extent.</param>
/// <param name="Window">The window's cells.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Dilation">From one of a window's cells to the next.</param>
/// <param name="Before">Padding before the map.</param>
/// <param name="After">Padding behind it.</param>
/// <param name="CeilMode">Whether the number of windows is rounded up.</param>
public readonly record struct PoolAxis(int Extent, int Window, int Stride, int Dilation, int Before, int After, bool CeilMode)
{
    /// <summary>From a window's first cell to its last, both included.</summary>
    public long Reach => ((Window - 1L) * Dilation) + 1;

    /// <summary>The map and its padding.</summary>
    public long Padded => (long)Extent + Before + After;

    /// <summary>How far a window can move; negative where none fits.</summary>
    public long Free => Padded - Reach;

    /// <summary>
    /// Number of windows: floor or ceil of (padded - reach) / stride, plus 1; the last one of ceil is left out where it would
    /// start behind the map. Needs <see cref="Free"/> of at least 0.
    /// </summary>
    public long Positions
    {
        get
        {
            var positions = (Free / Stride) + 1;
            return CeilMode && Free % Stride != 0 && positions * Stride < (long)Extent + Before ? positions + 1 : positions;
        }
    }

    /// <summary>Cells that the last window reaches behind the padding; 0 unless the number of windows is rounded up.</summary>
    public long Beyond => Math.Max(0, ((Positions - 1) * Stride) + Reach - Padded);

    /// <summary>Whether each of so many windows has a cell inside the map.</summary>
    internal bool SeesTheMap(int positions)
    {
        // A window whose first cell lies inside sees the map, so only those that start before it need a look, and the last.
        for (var start = -(long)Before; start < 0 && (start + Before) / Stride < positions; start += Stride)
        {
            var skipped = (-start + Dilation - 1) / Dilation;
            if (skipped >= Window || start + (skipped * Dilation) >= Extent)
            {
                return false;
            }
        }

        return ((positions - 1L) * Stride) - Before < Extent;
    }
}
