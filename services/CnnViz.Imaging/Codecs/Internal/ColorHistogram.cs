namespace CnnViz.Imaging.Codecs;

/// <summary>How often colours occur, counted in cells of 8 x 8 x 8 values (5 bits per channel).</summary>
internal sealed class ColorHistogram
{
    /// <summary>Cells along each channel.</summary>
    public const int Side = 32;

    private readonly long[] _counts = new long[Side * Side * Side];
    private readonly long[] _sums = new long[3 * Side * Side * Side];

    /// <summary>The cell of a colour.</summary>
    public static int Cell(int r, int g, int b) => (r >> 3 << 10) | (g >> 3 << 5) | (b >> 3);

    /// <summary>Pixels in a cell.</summary>
    public long Count(int cell) => _counts[cell];

    /// <summary>The sum of a channel (0 red, 1 green, 2 blue) over a cell's pixels.</summary>
    public long Sum(int cell, int channel) => _sums[3 * cell + channel];

    public void Add(ReadOnlySpan<byte> rgb)
    {
        for (var i = 0; i < rgb.Length; i += 3)
        {
            var cell = Cell(rgb[i], rgb[i + 1], rgb[i + 2]);
            _counts[cell]++;
            _sums[3 * cell] += rgb[i];
            _sums[3 * cell + 1] += rgb[i + 1];
            _sums[3 * cell + 2] += rgb[i + 2];
        }
    }
}
