namespace CnnViz.Engine;

/// <summary>A rectangle of a feature map's cells, half open: rows from Top and below Bottom, columns from Left and below Right.</summary>
/// <param name="Top">First row, from 0.</param>
/// <param name="Bottom">The row after the last.</param>
/// <param name="Left">First column, from 0.</param>
/// <param name="Right">The column after the last.</param>
public readonly record struct CellRegion(int Top, int Bottom, int Left, int Right)
{
    /// <summary>Rows of the region.</summary>
    public int Height => Bottom - Top;

    /// <summary>Columns of the region.</summary>
    public int Width => Right - Left;

    /// <summary>All cells of a feature map.</summary>
    public static CellRegion Whole(int height, int width) => new(0, height, 0, width);

    /// <summary>The smallest region that holds both.</summary>
    public CellRegion Union(CellRegion other) => new(
        Math.Min(Top, other.Top), Math.Max(Bottom, other.Bottom), Math.Min(Left, other.Left), Math.Max(Right, other.Right));
}
