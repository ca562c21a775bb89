using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>
/// A convolution's weights, read when something has to be packed and not kept: (groups, out/groups, in/groups, kh, kw), each output
/// channel times its scale.
/// </summary>
/// <param name="Key">Names the unscaled weights within the model.</param>
/// <param name="Shape">The whole kernel's extents.</param>
/// <param name="Groups">Groups of channels.</param>
/// <param name="Read">Reads the unscaled weights.</param>
internal sealed record ConvKernel(string Key, KernelShape Shape, int Groups, Func<float[]> Read)
{
    /// <summary>A factor per output channel, of a batch normalization folded in; null is 1.</summary>
    public float[]? Scale { get; init; }

    /// <summary>Added per output channel; null is 0.</summary>
    public float[]? Bias { get; init; }

    public long Count => (long)Shape.Out * Shape.InPerGroup * Shape.Height * Shape.Width;

    /// <summary>Folds in what a batch normalization does to each output channel.</summary>
    /// <param name="scale">Its factors.</param>
    /// <param name="shift">What it adds.</param>
    public ConvKernel Then(float[] scale, float[] shift) => this with
    {
        Scale = Scale is null ? scale : [.. Scale.Zip(scale, (a, b) => a * b)],
        Bias = Bias is null ? shift : [.. Bias.Select((bias, i) => (bias * scale[i]) + shift[i])],
    };

    /// <summary>The name of the scaled weights.</summary>
    public string ForwardKey => $"f:{Key}|{KeyOf(Scale)}";

    /// <summary>A name for factors: equal names, equal factors. Graphs that share weights may still scale them differently.</summary>
    public static string KeyOf(float[]? factors) => factors is null
        ? ""
        : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(factors.AsSpan())));

    /// <summary>Writes the scaled weights.</summary>
    public void WriteForward(Span<float> weights)
    {
        Read().CopyTo(weights);
        if (Scale is null)
        {
            return;
        }

        var perOut = weights.Length / Shape.Out;
        for (var channel = 0; channel < Shape.Out; channel++)
        {
            var factor = Scale[channel];
            foreach (ref var weight in weights.Slice(channel * perOut, perOut))
            {
                weight *= factor;
            }
        }
    }

    /// <summary>
    /// Writes the weights of the convolution that is the gradient of a stride-1 convolution to its input: (groups, in/groups,
    /// out/groups, kh, kw), mirrored in both directions.
    /// </summary>
    /// <param name="weights">Receives them.</param>
    /// <param name="inScale">A factor per input channel of the forward convolution; null is 1.</param>
    public void WriteFlipped(Span<float> weights, float[]? inScale)
    {
        var forward = new float[weights.Length];
        WriteForward(forward);
        var (outs, ins, area) = (Shape.Out / Groups, Shape.InPerGroup, Shape.Height * Shape.Width);
        for (var group = 0; group < Groups; group++)
        {
            for (var o = 0; o < outs; o++)
            {
                for (var i = 0; i < ins; i++)
                {
                    var from = forward.AsSpan(((((group * outs) + o) * ins) + i) * area, area);
                    var to = weights.Slice(((((group * ins) + i) * outs) + o) * area, area);
                    var factor = inScale?[(group * ins) + i] ?? 1;
                    for (var k = 0; k < area; k++)
                    {
                        to[area - 1 - k] = from[k] * factor;
                    }
                }
            }
        }
    }

    /// <summary>
    /// Writes the weights of the convolution whose result, interleaved stride by stride, is the gradient of a strided
    /// convolution to its input: (phases x in, out, taps, taps), where output (phase a, phase b, channel) of cell q is the
    /// gradient at (stride q + phase). Sub-pixel convolution: Shi et al., "Real-Time Single Image and Video Super-Resolution", 2016.
    /// </summary>
    /// <param name="weights">Receives them.</param>
    /// <param name="rows">The rows' taps.</param>
    /// <param name="columns">The columns' taps.</param>
    public void WriteSubPixel(Span<float> weights, SubPixelAxis rows, SubPixelAxis columns)
    {
        var forward = new float[Count];
        WriteForward(forward);
        weights.Clear();
        var (ins, outs) = (Shape.InPerGroup, Shape.Out);
        for (var a = 0; a < rows.Stride; a++)
        {
            for (var b = 0; b < columns.Stride; b++)
            {
                for (var y = 0; y < rows.Taps; y++)
                {
                    for (var x = 0; x < columns.Taps; x++)
                    {
                        var (u, v) = (rows.KernelCell(a, y), columns.KernelCell(b, x));
                        if (u < 0 || u >= Shape.Height || v < 0 || v >= Shape.Width)
                        {
                            continue;
                        }

                        for (var i = 0; i < ins; i++)
                        {
                            var made = (((a * columns.Stride) + b) * ins) + i;
                            for (var o = 0; o < outs; o++)
                            {
                                weights[(((((made * outs) + o) * rows.Taps) + y) * columns.Taps) + x] =
                                    forward[(((((o * ins) + i) * Shape.Height) + u) * Shape.Width) + v];
                            }
                        }
                    }
                }
            }
        }
    }
}

/// <summary>One axis of a strided convolution's gradient as a convolution of its own.</summary>
/// <param name="Kernel">The forward kernel's cells.</param>
/// <param name="Stride">The forward stride.</param>
/// <param name="Padding">The forward padding before the map.</param>
internal readonly record struct SubPixelAxis(int Kernel, int Stride, int Padding)
{
    /// <summary>Padding before the output's gradient: how far back the first phase looks.</summary>
    public int Before => -First;

    public int Taps => ((Stride - 1 + Padding) / Stride) - First + 1;

    private int First => -((Kernel - 1 - Padding) / Stride);

    /// <summary>Cells to compute so that all of a map's are covered and no padding is negative.</summary>
    public int Cells(int extent, int outputs) => Math.Max((extent + Stride - 1) / Stride, outputs + Before - Taps + 1);

    /// <summary>Padding behind the output's gradient.</summary>
    public int After(int cells, int outputs) => cells - outputs - Before + Taps - 1;

    /// <summary>The forward kernel's cell at a tap of a phase; outside 0..kernel-1 there is none.</summary>
    public int KernelCell(int phase, int tap) => phase + Padding - (Stride * (First + tap));
}
