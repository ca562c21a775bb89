namespace CnnViz.Engine.Numerics;

/// <summary>
/// Separable Gaussian blur of planes, truncated at three deviations and normalised, with the plane mirrored at its outer edges
/// (... b a | a b c ...). With that edge the blur is its own adjoint. Immutable and safe for concurrent use.
/// </summary>
public sealed class GaussianBlur
{
    private readonly float[] _weights;

    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    public GaussianBlur(double sigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        var radius = (int)Math.Ceiling(3 * sigma);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        var sum = weights.Sum();
        _weights = [.. weights.Select(w => (float)(w / sum))];
    }

    /// <summary>Blurs each plane.</summary>
    /// <param name="source">Planes of height * width values.</param>
    /// <param name="target">Receives as many; must not overlap <paramref name="source"/>.</param>
    /// <param name="height">Rows of a plane.</param>
    /// <param name="width">Columns of a plane.</param>
    public void Apply(ReadOnlySpan<float> source, Span<float> target, int height, int width)
    {
        var plane = height * width;
        var rows = new float[plane];
        for (var start = 0; start < source.Length; start += plane)
        {
            Along(source.Slice(start, plane), rows, height, width, lineStep: width, step: 1);
            Along(rows, target.Slice(start, plane), width, height, lineStep: 1, step: width);
        }
    }

    /// <summary>Blurs lines of a plane along one axis; line i, element j lies at i * lineStep + j * step.</summary>
    private void Along(ReadOnlySpan<float> source, Span<float> target, int lines, int length, int lineStep, int step)
    {
        var radius = _weights.Length / 2;
        var mirrored = new int[length + (2 * radius)];
        for (var i = 0; i < mirrored.Length; i++)
        {
            var position = (((i - radius) % (2 * length)) + (2 * length)) % (2 * length);
            mirrored[i] = (position < length ? position : (2 * length) - 1 - position) * step;
        }

        for (var line = 0; line < lines; line++)
        {
            var first = line * lineStep;
            for (var j = 0; j < length; j++)
            {
                float sum = 0;
                for (var k = 0; k < _weights.Length; k++)
                {
                    sum += _weights[k] * source[first + mirrored[j + k]];
                }

                target[first + (j * step)] = sum;
            }
        }
    }
}
