namespace CnnViz.Imaging.Geometry;

/// <summary>
/// For each output position along one axis, the input positions that the triangle filter covers and their weights, which sum
/// to 1. When shrinking, the filter is widened by the scale, so that every input pixel counts (no aliasing).
/// </summary>
internal sealed class AxisWeights
{
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly float[] _weights;
    private readonly int _longest;

    /// <param name="inputSize">Pixels of the input along the axis.</param>
    /// <param name="from">Where the part to scale begins, in pixels, 0 at the first pixel's outer edge.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="outputSize">Pixels of the output along the axis.</param>
    public AxisWeights(int inputSize, double from, double to, int outputSize)
    {
        var scale = (to - from) / outputSize;
        // The triangle reaches one pixel to each side, counted in the coarser of the two grids.
        var support = Math.Max(scale, 1);
        _longest = (int)Math.Ceiling(support) * 2 + 1;
        _starts = new int[outputSize];
        _counts = new int[outputSize];
        _weights = new float[checked(outputSize * _longest)];
        for (var i = 0; i < outputSize; i++)
        {
            var center = from + (i + 0.5) * scale;
            var start = Math.Max(0, (int)(center - support + 0.5));
            var end = Math.Min(inputSize, (int)(center + support + 0.5));
            _starts[i] = start;
            _counts[i] = end - start;
            Fill(_weights.AsSpan(i * _longest, end - start), start + 0.5 - center, support);
        }
    }

    /// <summary>The first input position that has a weight anywhere.</summary>
    public int First => _starts[0];

    /// <summary>One past the last input position that has a weight anywhere.</summary>
    public int End => _starts[^1] + _counts[^1];

    /// <summary>The input positions of an output position: the first one, and a weight for each from there on.</summary>
    public ReadOnlySpan<float> At(int output, out int start)
    {
        start = _starts[output];
        return _weights.AsSpan(output * _longest, _counts[output]);
    }

    private static void Fill(Span<float> weights, double firstOffset, double support)
    {
        double sum = 0;
        for (var k = 0; k < weights.Length; k++)
            sum += Triangle((firstOffset + k) / support);
        for (var k = 0; k < weights.Length; k++)
            weights[k] = (float)(Triangle((firstOffset + k) / support) / sum);
    }

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));
}
