namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Tries all filters on a row and keeps the one whose bytes, read as signed, have the smallest sum of absolute values: the
/// heuristic that the PNG specification recommends (W3C PNG, 12.7).
/// </summary>
internal sealed class PngFilterChooser(int stride, int bytesPerPixel)
{
    private static readonly PngFilter[] _filters =
        [PngFilter.Up, PngFilter.Sub, PngFilter.Paeth, PngFilter.Average, PngFilter.None];
    private readonly byte[] _trial = new byte[stride + 1];

    public void Apply(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> output)
    {
        var best = long.MaxValue;
        foreach (var filter in _filters)
        {
            PngFilters.Apply(filter, row, above, bytesPerPixel, _trial);
            var cost = Cost(_trial.AsSpan(1));
            if (cost >= best)
                continue;
            best = cost;
            _trial.CopyTo(output);
        }
    }

    private static long Cost(ReadOnlySpan<byte> filtered)
    {
        long sum = 0;
        foreach (var value in filtered)
            sum += value < 128 ? value : 256 - value;
        return sum;
    }
}
