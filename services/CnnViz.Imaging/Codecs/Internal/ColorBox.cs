namespace CnnViz.Imaging.Codecs;

/// <summary>Some of a histogram's cells, to be halved along the channel in which they spread most.</summary>
internal sealed class ColorBox
{
    private readonly ColorHistogram _histogram;
    private readonly int[] _cells;
    private readonly int _channel;

    public ColorBox(ColorHistogram histogram, int[] cells)
    {
        (_histogram, _cells) = (histogram, cells);
        long count = 0;
        Span<double> sums = stackalloc double[3];
        foreach (var cell in cells)
        {
            count += histogram.Count(cell);
            for (var c = 0; c < 3; c++)
                sums[c] += histogram.Sum(cell, c);
        }

        Mean = new Rgb((byte)(sums[0] / count + 0.5), (byte)(sums[1] / count + 0.5), (byte)(sums[2] / count + 0.5));
        for (var c = 0; c < 3; c++)
        {
            double squares = 0;
            foreach (var cell in cells)
            {
                var distance = (double)histogram.Sum(cell, c) / histogram.Count(cell) - sums[c] / count;
                squares += histogram.Count(cell) * distance * distance;
            }

            if (squares > Spread)
                (Spread, _channel) = (squares, c);
        }
    }

    /// <summary>The mean colour of the pixels.</summary>
    public Rgb Mean { get; }

    /// <summary>Sum of squared distances from the mean, in the channel where it is largest.</summary>
    public double Spread { get; }

    public bool CanSplit => _cells.Length > 1 && Spread > 0;

    /// <summary>Two boxes with about half of the pixels each; neither is empty.</summary>
    public (ColorBox Low, ColorBox High) Split()
    {
        var sorted = _cells.OrderBy(cell => (double)_histogram.Sum(cell, _channel) / _histogram.Count(cell))
            .ThenBy(cell => cell).ToArray();
        var half = sorted.Sum(_histogram.Count) / 2;
        long seen = 0;
        var cut = 0;
        while (cut < sorted.Length - 1 && (cut == 0 || seen + _histogram.Count(sorted[cut]) <= half))
            seen += _histogram.Count(sorted[cut++]);
        return (new ColorBox(_histogram, sorted[..cut]), new ColorBox(_histogram, sorted[cut..]));
    }
}
