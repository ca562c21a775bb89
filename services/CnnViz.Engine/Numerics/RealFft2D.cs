namespace CnnViz.Engine.Numerics;

/// <summary>
/// The two-dimensional Fourier transform of a real picture and its inverse, with numpy's rfft2 and irfft2 conventions: a (height,
/// width) picture and a (height, width/2 + 1) half spectrum, the forward transform unscaled, the inverse divided by height*width.
/// The imaginary parts of a spectrum's first column, and of its last for an even width, are ignored by the inverse after the
/// transform along the height, as numpy and PyTorch do. Two rows travel through one complex transform as its real and imaginary
/// part. Immutable and safe for concurrent use; callers bring the scratch.
/// </summary>
public sealed class RealFft2D
{
    // A tile's rows share cache lines in both orders of a transposition.
    private const int Tile = 16;

    private readonly ComplexFft _alongHeight;
    private readonly ComplexFft _alongWidth;
    private readonly int _pairs;
    private readonly int _plane;

    /// <param name="height">Picture height in pixels, at least 1.</param>
    /// <param name="width">Picture width in pixels, at least 1.</param>
    public RealFft2D(int height, int width)
    {
        _alongHeight = new ComplexFft(height);
        _alongWidth = height == width ? _alongHeight : new ComplexFft(width);
        Height = height;
        Width = width;
        SpectrumWidth = (width / 2) + 1;
        _pairs = (height + 1) / 2;
        _plane = Math.Max(height * SpectrumWidth, width * _pairs);
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Columns of the half spectrum: width/2 + 1.</summary>
    public int SpectrumWidth { get; }

    /// <summary>Complex numbers in the half spectrum: height * (width/2 + 1).</summary>
    public int SpectrumLength => Height * SpectrumWidth;

    /// <summary>Floats of scratch that each call needs.</summary>
    public int ScratchLength => 4 * _plane;

    /// <summary>irfft2: the real picture of a half spectrum, divided by height*width.</summary>
    /// <param name="re">Real parts, (height, width/2 + 1).</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="image">Receives (height, width).</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; overwritten.</param>
    public void Inverse(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> image, Span<float> scratch)
    {
        Split(scratch, out var a, out var b, out var c, out var d);
        re[..SpectrumLength].CopyTo(a);
        im[..SpectrumLength].CopyTo(b);
        _alongHeight.Inverse(a, b, c, d, SpectrumWidth);
        PackSpectrum(a, b, c, d);
        _alongWidth.Inverse(c, d, a, b, _pairs);
        UnpackRows(c, d, image, 1f / ((float)Height * Width));
    }

    /// <summary>rfft2: the half spectrum of a real picture, unscaled.</summary>
    /// <param name="image">(height, width).</param>
    /// <param name="re">Receives the real parts, (height, width/2 + 1).</param>
    /// <param name="im">Receives the imaginary parts.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats; overwritten.</param>
    public void Forward(ReadOnlySpan<float> image, Span<float> re, Span<float> im, Span<float> scratch) =>
        ForwardScaled(image, re, im, scratch, edgeScale: 1, innerScale: 1);

    /// <summary>
    /// The adjoint of <see cref="Inverse"/> as a linear map from (re, im) to the picture: rfft2 divided by height*width, times
    /// two in the columns that stand for themselves and for their mirror image.
    /// </summary>
    /// <inheritdoc cref="Forward"/>
    public void InverseAdjoint(ReadOnlySpan<float> image, Span<float> re, Span<float> im, Span<float> scratch)
    {
        var scale = 1f / ((float)Height * Width);
        ForwardScaled(image, re, im, scratch, scale, 2 * scale);
    }

    private void ForwardScaled(
        ReadOnlySpan<float> image, Span<float> re, Span<float> im, Span<float> scratch, float edgeScale, float innerScale)
    {
        Split(scratch, out var a, out var b, out var c, out var d);
        PackRows(image, c, d);
        _alongWidth.Forward(c, d, a, b, _pairs);
        UnpackSpectrum(c, d, a, b, edgeScale, innerScale);
        _alongHeight.Forward(a, b, c, d, SpectrumWidth);
        a[..SpectrumLength].CopyTo(re);
        b[..SpectrumLength].CopyTo(im);
    }

    private bool IsEdge(int column) => column == 0 || 2 * column == Width;

    /// <summary>
    /// From (height, width/2 + 1) to (width, pairs): lane r holds row r plus i times row r + pairs, extended to the full width by
    /// Hermitian symmetry.
    /// </summary>
    private void PackSpectrum(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> toRe, Span<float> toIm)
    {
        for (var tile = 0; tile < _pairs; tile += Tile)
        {
            var end = Math.Min(tile + Tile, _pairs);
            for (var k = 0; k < SpectrumWidth; k++)
            {
                var keepIm = IsEdge(k) ? 0f : 1f;
                for (var r = tile; r < end; r++)
                {
                    var first = (r * SpectrumWidth) + k;
                    var second = first + (_pairs * SpectrumWidth);
                    var (firstRe, firstIm) = (re[first], im[first] * keepIm);
                    var (secondRe, secondIm) = r + _pairs < Height ? (re[second], im[second] * keepIm) : (0f, 0f);
                    toRe[(k * _pairs) + r] = firstRe - secondIm;
                    toIm[(k * _pairs) + r] = firstIm + secondRe;
                    if (keepIm != 0)
                    {
                        toRe[((Width - k) * _pairs) + r] = firstRe + secondIm;
                        toIm[((Width - k) * _pairs) + r] = secondRe - firstIm;
                    }
                }
            }
        }
    }

    /// <summary>The inverse of <see cref="PackSpectrum"/>, with a factor per column.</summary>
    private void UnpackSpectrum(
        ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> toRe, Span<float> toIm, float edgeScale, float innerScale)
    {
        for (var tile = 0; tile < _pairs; tile += Tile)
        {
            var end = Math.Min(tile + Tile, _pairs);
            for (var k = 0; k < SpectrumWidth; k++)
            {
                var half = 0.5f * (IsEdge(k) ? edgeScale : innerScale);
                var mirror = k == 0 ? 0 : Width - k;
                for (var r = tile; r < end; r++)
                {
                    var (zr, zi) = (re[(k * _pairs) + r], im[(k * _pairs) + r]);
                    var (mr, mi) = (re[(mirror * _pairs) + r], im[(mirror * _pairs) + r]);
                    var first = (r * SpectrumWidth) + k;
                    toRe[first] = half * (zr + mr);
                    toIm[first] = half * (zi - mi);
                    if (r + _pairs < Height)
                    {
                        var second = first + (_pairs * SpectrumWidth);
                        toRe[second] = half * (zi + mi);
                        toIm[second] = half * (mr - zr);
                    }
                }
            }
        }
    }

    private void PackRows(ReadOnlySpan<float> image, Span<float> toRe, Span<float> toIm)
    {
        for (var tile = 0; tile < _pairs; tile += Tile)
        {
            var end = Math.Min(tile + Tile, _pairs);
            for (var x = 0; x < Width; x++)
            {
                for (var r = tile; r < end; r++)
                {
                    toRe[(x * _pairs) + r] = image[(r * Width) + x];
                    toIm[(x * _pairs) + r] = r + _pairs < Height ? image[((r + _pairs) * Width) + x] : 0;
                }
            }
        }
    }

    private void UnpackRows(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> image, float scale)
    {
        for (var tile = 0; tile < _pairs; tile += Tile)
        {
            var end = Math.Min(tile + Tile, _pairs);
            for (var x = 0; x < Width; x++)
            {
                for (var r = tile; r < end; r++)
                {
                    image[(r * Width) + x] = re[(x * _pairs) + r] * scale;
                    if (r + _pairs < Height)
                    {
                        image[((r + _pairs) * Width) + x] = im[(x * _pairs) + r] * scale;
                    }
                }
            }
        }
    }

    private void Split(Span<float> scratch, out Span<float> a, out Span<float> b, out Span<float> c, out Span<float> d)
    {
        a = scratch[.._plane];
        b = scratch.Slice(_plane, _plane);
        c = scratch.Slice(2 * _plane, _plane);
        d = scratch.Slice(3 * _plane, _plane);
    }
}
