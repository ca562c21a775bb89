namespace CnnViz.Imaging.Layout;

/// <summary>Brings matrices to a size that can be shown.</summary>
public static class HeatMap
{
    /// <summary>The largest number of cells a side that is shown one for one.</summary>
    public const int MaxSide = 1024;

    /// <summary>
    /// How many rows and columns one cell stands for, so that at most <see cref="MaxSide"/> cells a side remain.
    /// </summary>
    public static (int Rows, int Columns) Block(int rows, int columns) =>
        ((rows + MaxSide - 1) / MaxSide, (columns + MaxSide - 1) / MaxSide);

    /// <summary>
    /// The mean of each block of cells, in 64 bits; the last block of a row or column may be smaller. A block that contains a NaN
    /// or an infinity becomes NaN.
    /// </summary>
    /// <param name="values">rows * columns values, row-major.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="block">Rows and columns per cell, at least 1 each.</param>
    /// <returns>ceil(rows / block rows) x ceil(columns / block columns) values, row-major.</returns>
    /// <exception cref="ArgumentException">The number of values or the block does not fit.</exception>
    public static float[] Average(ReadOnlySpan<float> values, int rows, int columns, (int Rows, int Columns) block)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Rows, 1, nameof(block));
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Columns, 1, nameof(block));
        if (rows < 1 || columns < 1 || values.Length != (long)rows * columns)
            throw new ArgumentException(
                $"{rows}x{columns} needs {(long)rows * columns} values, not {values.Length}.", nameof(values));
        if (block == (1, 1))
            return values.ToArray();
        var (height, width) = ((rows + block.Rows - 1) / block.Rows, (columns + block.Columns - 1) / block.Columns);
        var cells = new float[height * width];
        var sums = new double[width];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(sums);
            var (top, bottom) = (y * block.Rows, Math.Min(rows, (y + 1) * block.Rows));
            for (var row = top; row < bottom; row++)
            {
                var line = values.Slice(row * columns, columns);
                for (var column = 0; column < columns; column++)
                    sums[column / block.Columns] += line[column];
            }

            for (var x = 0; x < width; x++)
            {
                var across = Math.Min(columns, (x + 1) * block.Columns) - x * block.Columns;
                var mean = sums[x] / ((double)(bottom - top) * across);
                cells[y * width + x] = double.IsFinite(mean) ? (float)mean : float.NaN;
            }
        }

        return cells;
    }

    /// <summary>The matrix with rows and columns exchanged.</summary>
    public static float[] Transpose(ReadOnlySpan<float> values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                result[column * rows + row] = values[row * columns + column];
        }

        return result;
    }
}
