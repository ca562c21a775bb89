using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>
/// A small smooth network worked out by hand in double precision: conv 3x3 (3 to 6 channels), tanh, conv 3x3 stride 2 (6 to 5
/// channels), weights 0.4 sin(0.7 i + 0.3) and 0.4 cos(0.9 i + 0.1). Its one layer is "features". reference.py has the same.
/// </summary>
internal sealed class AnalyticModel : ICompiledModel
{
    private const int Hidden = 6;
    private const int Outputs = 5;
    private readonly AnalyticEngine _engine;
    private readonly CompileOptions _options;
    private readonly double[] _w1 = [.. Enumerable.Range(0, Hidden * 3 * 9).Select(i => 0.4 * Math.Sin((0.7 * i) + 0.3))];
    private readonly double[] _w2 = [.. Enumerable.Range(0, Outputs * Hidden * 9).Select(i => 0.4 * Math.Cos((0.9 * i) + 0.1))];

    public AnalyticModel(AnalyticEngine engine, CompileOptions options)
    {
        (_engine, _options) = (engine, options);
        InputShape = new TensorShape(3, options.Height, options.Width);
        (HiddenHeight, HiddenWidth) = (options.Height - 2, options.Width - 2);
        (OutHeight, OutWidth) = ((HiddenHeight - 3) / 2 + 1, (HiddenWidth - 3) / 2 + 1);
        TargetShapes = new Dictionary<string, TensorShape> { ["features"] = new(Outputs, OutHeight, OutWidth) };
        if (engine.DeadFilter is { } dead)
        {
            Array.Clear(_w2, dead * Hidden * 9, Hidden * 9);
        }
    }

    public TensorShape InputShape { get; }

    public IReadOnlyDictionary<string, TensorShape> TargetShapes { get; }

    public int Threads => _options.Threads > 0 ? _options.Threads : _engine.Threads;

    public string Precision => _engine.Precision;

    public int PreferredBatch => _engine.PreferredBatch;

    public long EstimatedBytesPerImage => 1 << 20;

    private int HiddenHeight { get; }

    private int HiddenWidth { get; }

    private int OutHeight { get; }

    private int OutWidth { get; }

    public IForwardPass Forward(ReadOnlySpan<float> images, int batch, bool withGradient)
    {
        Assert.Equal(batch * InputShape.ElementCount, images.Length);
        _engine.CountForward();
        var length = (int)InputShape.ElementCount;
        var hidden = new double[batch][];
        var output = new double[batch][];
        for (var n = 0; n < batch; n++)
        {
            var image = images.Slice(n * length, length);
            var x = new double[length];
            for (var i = 0; i < length; i++)
            {
                x[i] = image[i];
            }

            hidden[n] = Convolve(x, _options.Height, _options.Width, 3, _w1, Hidden, 1);
            for (var i = 0; i < hidden[n].Length; i++)
            {
                hidden[n][i] = Math.Tanh(hidden[n][i]);
            }

            output[n] = Convolve(hidden[n], HiddenHeight, HiddenWidth, Hidden, _w2, Outputs, 2);
        }

        return new Pass(this, hidden, output);
    }

    public void Dispose() => _engine.CountDisposal();

    private static double[] Convolve(double[] x, int height, int width, int channels, double[] kernel, int filters, int stride)
    {
        var (rows, columns) = ((height - 3) / stride + 1, (width - 3) / stride + 1);
        var y = new double[filters * rows * columns];
        Visit(channels, filters, rows, columns, stride, height, width, (o, w, i) => y[o] += kernel[w] * x[i]);
        return y;
    }

    private static double[] ConvolveAdjoint(
        double[] gradient, int height, int width, int channels, double[] kernel, int filters, int stride)
    {
        var (rows, columns) = ((height - 3) / stride + 1, (width - 3) / stride + 1);
        var x = new double[channels * height * width];
        Visit(channels, filters, rows, columns, stride, height, width, (o, w, i) => x[i] += kernel[w] * gradient[o]);
        return x;
    }

    private static void Visit(
        int channels, int filters, int rows, int columns, int stride, int height, int width, Action<int, int, int> tap)
    {
        for (var f = 0; f < filters; f++)
        {
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                {
                    for (var k = 0; k < channels * 9; k++)
                    {
                        var (c, dy, dx) = (k / 9, k / 3 % 3, k % 3);
                        tap(
                            (((f * rows) + y) * columns) + x,
                            (f * channels * 9) + k,
                            (((c * height) + (y * stride) + dy) * width) + (x * stride) + dx);
                    }
                }
            }
        }
    }

    private sealed class Pass(AnalyticModel model, double[][] hidden, double[][] output) : IForwardPass
    {
        public int Batch => output.Length;

        public void CopyActivation(string layer, Span<float> destination)
        {
            Assert.Equal("features", layer);
            var i = 0;
            foreach (var value in output.SelectMany(o => o))
            {
                destination[i++] = (float)value;
            }

            Assert.Equal(destination.Length, i);
            model._engine.Spoil(destination);
        }

        public void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient)
        {
            model._engine.CountBackward();
            var cotangent = cotangents["features"].Span;
            var (inLength, outLength) = ((int)model.InputShape.ElementCount, output[0].Length);
            Assert.Equal(Batch * outLength, cotangent.Length);
            Assert.Equal(Batch * inLength, inputGradient.Length);
            for (var n = 0; n < Batch; n++)
            {
                var g = new double[outLength];
                for (var i = 0; i < outLength; i++)
                {
                    g[i] = cotangent[(n * outLength) + i];
                }

                g = ConvolveAdjoint(g, model.HiddenHeight, model.HiddenWidth, Hidden, model._w2, Outputs, 2);
                for (var i = 0; i < g.Length; i++)
                {
                    g[i] *= 1 - (hidden[n][i] * hidden[n][i]);
                }

                g = ConvolveAdjoint(g, model._options.Height, model._options.Width, 3, model._w1, Hidden, 1);
                for (var i = 0; i < inLength; i++)
                {
                    inputGradient[(n * inLength) + i] = (float)g[i];
                }
            }
        }

        public void Dispose() => model._engine.CountPassDisposal();
    }
}
