using System.Numerics;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Numerics;

/// <summary>
/// The discrete Fourier transform along the first axis of a (length, lanes) complex matrix, held as separate real and imaginary
/// parts, in float32. A Stockham autosort transform, mixed radix: 4, 2, then each odd prime factor by its plain sum, which
/// is fast for the factors 3, 5 and 7 of usual picture sizes and right for any. The lanes are contiguous, so that every butterfly
/// runs over whole vectors; there is no bit reversal and no shuffle.
/// </summary>
public sealed class ComplexFft
{
    private readonly int[] _radices;
    private readonly float[] _rootRe;
    private readonly float[] _rootIm;

    /// <param name="length">Extent of the transformed axis, at least 1.</param>
    public ComplexFft(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        _radices = Factor(length);
        _rootRe = new float[length];
        _rootIm = new float[length];
        for (var i = 0; i < length; i++)
        {
            var (sine, cosine) = Math.SinCos(-2 * Math.PI * i / length);
            _rootRe[i] = (float)cosine;
            _rootIm[i] = (float)sine;
        }
    }

    public int Length { get; }

    /// <summary>X[k] = sum over n of x[n] exp(-2 pi i k n / length), in place.</summary>
    /// <param name="re">Real parts, (length, lanes); replaced by the transform's.</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="workRe">As long as <paramref name="re"/>; overwritten.</param>
    /// <param name="workIm">As long as <paramref name="re"/>; overwritten.</param>
    /// <param name="lanes">Extent of the second axis.</param>
    public void Forward(Span<float> re, Span<float> im, Span<float> workRe, Span<float> workIm, int lanes)
    {
        var count = Length * lanes;
        var fromRe = re[..count];
        var fromIm = im[..count];
        var toRe = workRe[..count];
        var toIm = workIm[..count];
        var stride = 1;
        foreach (var radix in _radices)
        {
            switch (radix)
            {
                case 4:
                    Radix4(fromRe, fromIm, toRe, toIm, stride, lanes);
                    break;
                case 2:
                    Radix2(fromRe, fromIm, toRe, toIm, stride, lanes);
                    break;
                default:
                    AnyRadix(radix, fromRe, fromIm, toRe, toIm, stride, lanes);
                    break;
            }

            var swapRe = fromRe;
            var swapIm = fromIm;
            fromRe = toRe;
            fromIm = toIm;
            toRe = swapRe;
            toIm = swapIm;
            stride *= radix;
        }

        if (_radices.Length % 2 == 1)
        {
            fromRe.CopyTo(re);
            fromIm.CopyTo(im);
        }
    }

    /// <summary>x[n] = sum over k of X[k] exp(+2 pi i k n / length), in place and NOT divided by the length.</summary>
    /// <inheritdoc cref="Forward"/>
    public void Inverse(Span<float> re, Span<float> im, Span<float> workRe, Span<float> workIm, int lanes) =>
        // Swapping the parts conjugates and rotates; doing it before and after turns exp(-i) into exp(+i).
        Forward(im, re, workIm, workRe, lanes);

    private static int[] Factor(int length)
    {
        var radices = new List<int>();
        while (length % 4 == 0)
        {
            radices.Add(4);
            length /= 4;
        }

        for (var factor = 2; length > 1; factor++)
        {
            while (length % factor == 0)
            {
                radices.Add(factor);
                length /= factor;
            }
        }

        return [.. radices];
    }

    private void Radix2(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> toRe, Span<float> toIm, int stride, int lanes)
    {
        var block = stride * lanes;
        var groups = Length / stride / 2;
        for (var p = 0; p < groups; p++)
        {
            var (wr, wi) = (_rootRe[p * stride], _rootIm[p * stride]);
            ref var ar = ref MemoryMarshal.GetReference(re.Slice(p * block, block));
            ref var ai = ref MemoryMarshal.GetReference(im.Slice(p * block, block));
            ref var br = ref MemoryMarshal.GetReference(re.Slice((p + groups) * block, block));
            ref var bi = ref MemoryMarshal.GetReference(im.Slice((p + groups) * block, block));
            var outRe = toRe.Slice(2 * p * block, 2 * block);
            var outIm = toIm.Slice(2 * p * block, 2 * block);
            ref var yr = ref MemoryMarshal.GetReference(outRe);
            ref var yi = ref MemoryMarshal.GetReference(outIm);
            nuint i = 0;
            for (; i + (nuint)Vector<float>.Count <= (nuint)block; i += (nuint)Vector<float>.Count)
            {
                var a = (Re: Vector.LoadUnsafe(ref ar, i), Im: Vector.LoadUnsafe(ref ai, i));
                var b = (Re: Vector.LoadUnsafe(ref br, i), Im: Vector.LoadUnsafe(ref bi, i));
                (a.Re + b.Re).StoreUnsafe(ref yr, i);
                (a.Im + b.Im).StoreUnsafe(ref yi, i);
                var (dr, di) = (a.Re - b.Re, a.Im - b.Im);
                ((dr * wr) - (di * wi)).StoreUnsafe(ref yr, i + (nuint)block);
                ((dr * wi) + (di * wr)).StoreUnsafe(ref yi, i + (nuint)block);
            }

            for (var j = (int)i; j < block; j++)
            {
                var (first, second) = ((p * block) + j, ((p + groups) * block) + j);
                outRe[j] = re[first] + re[second];
                outIm[j] = im[first] + im[second];
                var (dr, di) = (re[first] - re[second], im[first] - im[second]);
                outRe[block + j] = (dr * wr) - (di * wi);
                outIm[block + j] = (dr * wi) + (di * wr);
            }
        }
    }

    private void Radix4(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> toRe, Span<float> toIm, int stride, int lanes)
    {
        var block = stride * lanes;
        var groups = Length / stride / 4;
        var quarter = (nuint)(groups * block);
        for (var p = 0; p < groups; p++)
        {
            var (w1r, w1i) = (_rootRe[p * stride], _rootIm[p * stride]);
            var (w2r, w2i) = (_rootRe[2 * p * stride], _rootIm[2 * p * stride]);
            var (w3r, w3i) = (_rootRe[3 * p * stride], _rootIm[3 * p * stride]);
            ref var xr = ref MemoryMarshal.GetReference(re[(p * block)..]);
            ref var xi = ref MemoryMarshal.GetReference(im[(p * block)..]);
            var outRe = toRe.Slice(4 * p * block, 4 * block);
            var outIm = toIm.Slice(4 * p * block, 4 * block);
            ref var yr = ref MemoryMarshal.GetReference(outRe);
            ref var yi = ref MemoryMarshal.GetReference(outIm);
            var size = (nuint)block;
            nuint i = 0;
            for (; i + (nuint)Vector<float>.Count <= size; i += (nuint)Vector<float>.Count)
            {
                var (ar, ai) = (Vector.LoadUnsafe(ref xr, i), Vector.LoadUnsafe(ref xi, i));
                var (br, bi) = (Vector.LoadUnsafe(ref xr, i + quarter), Vector.LoadUnsafe(ref xi, i + quarter));
                var (cr, ci) = (Vector.LoadUnsafe(ref xr, i + (2 * quarter)), Vector.LoadUnsafe(ref xi, i + (2 * quarter)));
                var (dr, di) = (Vector.LoadUnsafe(ref xr, i + (3 * quarter)), Vector.LoadUnsafe(ref xi, i + (3 * quarter)));
                var (sumAcR, sumAcI, subAcR, subAcI) = (ar + cr, ai + ci, ar - cr, ai - ci);
                var (sumBdR, sumBdI, subBdR, subBdI) = (br + dr, bi + di, br - dr, bi - di);
                (sumAcR + sumBdR).StoreUnsafe(ref yr, i);
                (sumAcI + sumBdI).StoreUnsafe(ref yi, i);

                // -i (b - d) has real part Im(b - d) and imaginary part -Re(b - d).
                var (oneR, oneI) = (subAcR + subBdI, subAcI - subBdR);
                ((oneR * w1r) - (oneI * w1i)).StoreUnsafe(ref yr, i + size);
                ((oneR * w1i) + (oneI * w1r)).StoreUnsafe(ref yi, i + size);
                var (twoR, twoI) = (sumAcR - sumBdR, sumAcI - sumBdI);
                ((twoR * w2r) - (twoI * w2i)).StoreUnsafe(ref yr, i + (2 * size));
                ((twoR * w2i) + (twoI * w2r)).StoreUnsafe(ref yi, i + (2 * size));
                var (threeR, threeI) = (subAcR - subBdI, subAcI + subBdR);
                ((threeR * w3r) - (threeI * w3i)).StoreUnsafe(ref yr, i + (3 * size));
                ((threeR * w3i) + (threeI * w3r)).StoreUnsafe(ref yi, i + (3 * size));
            }

            if ((int)i < block)
            {
                PlainSum(4, re, im, toRe, toIm, stride, lanes, p, (int)i);
            }
        }
    }

    private void AnyRadix(
        int radix, ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> toRe, Span<float> toIm, int stride, int lanes)
    {
        for (var p = 0; p < Length / stride / radix; p++)
        {
            PlainSum(radix, re, im, toRe, toIm, stride, lanes, p, 0);
        }
    }

    /// <summary>
    /// One group's butterfly as it is defined: y[j] = sum over k of x[k] root^(j (p + groups k)), for the lanes from
    /// <paramref name="start"/> on. The twiddle factor and the short transform's own root are one power.
    /// </summary>
    private void PlainSum(
        int radix,
        ReadOnlySpan<float> re,
        ReadOnlySpan<float> im,
        Span<float> toRe,
        Span<float> toIm,
        int stride,
        int lanes,
        int p,
        int start)
    {
        var block = stride * lanes;
        var groups = Length / stride / radix;
        for (var j = 0; j < radix; j++)
        {
            var outRe = toRe.Slice((((radix * p) + j) * block) + start, block - start);
            var outIm = toIm.Slice((((radix * p) + j) * block) + start, block - start);
            for (var k = 0; k < radix; k++)
            {
                var power = (int)((long)j * (p + (groups * k)) % (Length / stride)) * stride;
                var inRe = re.Slice(((p + (groups * k)) * block) + start, block - start);
                var inIm = im.Slice(((p + (groups * k)) * block) + start, block - start);
                MultiplyAccumulate(inRe, inIm, _rootRe[power], _rootIm[power], outRe, outIm, first: k == 0);
            }
        }
    }

    private static void MultiplyAccumulate(
        ReadOnlySpan<float> re, ReadOnlySpan<float> im, float wr, float wi, Span<float> toRe, Span<float> toIm, bool first)
    {
        ref var xr = ref MemoryMarshal.GetReference(re);
        ref var xi = ref MemoryMarshal.GetReference(im);
        ref var yr = ref MemoryMarshal.GetReference(toRe);
        ref var yi = ref MemoryMarshal.GetReference(toIm);
        nuint i = 0;
        for (; i + (nuint)Vector<float>.Count <= (nuint)re.Length; i += (nuint)Vector<float>.Count)
        {
            var (r, m) = (Vector.LoadUnsafe(ref xr, i), Vector.LoadUnsafe(ref xi, i));
            var productRe = (r * wr) - (m * wi);
            var productIm = (r * wi) + (m * wr);
            (first ? productRe : productRe + Vector.LoadUnsafe(ref yr, i)).StoreUnsafe(ref yr, i);
            (first ? productIm : productIm + Vector.LoadUnsafe(ref yi, i)).StoreUnsafe(ref yi, i);
        }

        for (var j = (int)i; j < re.Length; j++)
        {
            var productRe = (re[j] * wr) - (im[j] * wi);
            var productIm = (re[j] * wi) + (im[j] * wr);
            toRe[j] = first ? productRe : productRe + toRe[j];
            toIm[j] = first ? productIm : productIm + toIm[j];
        }
    }
}
