using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Onnx;

/// <summary>Trained networks through the ONNX reader and the Torch engine against ONNX Runtime on the same file.</summary>
public sealed class RealNetworkTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    /// <summary>
    /// M-LSD at its declared size: NHWC, groups, dilation, ReLU6, SAME paddings, resizes; the maps before the last maximum
    /// filter.
    /// </summary>
    [OnnxParityTheory("mlsd")]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Mlsd_EqualsOnnxRuntime(bool tiledChannels)
    {
        string[] tensors =
        [
            "Conv__275:0",
            "WireFrameModel_with_alpha/block_5_add/add:0",
            "WireFrameModel_with_alpha/block_12_add/add:0",
            "Resize__212:0",
            "WireFrameModel_with_alpha/decoder_fpn/upblock_3/concat:0",
            "Conv__383:0",
            "Conv__384:0",
            "WireFrameModel_with_alpha/Decoder/Sigmoid_4:0",
            "offsets",
        ];
        using var graph = ModelCatalog.Open(RepositoryPaths.Models).Load("mlsd");
        Assert.Equal(ChannelOrder.Rgba, graph.Input.Order);
        var sample = Picture(4, graph.Input.Height, graph.Input.Width, seed: 3, alpha: 1);
        Compare("mlsd", graph, sample, tensors, channelsLast: true, tiledChannels);
    }

    /// <summary>The text detector, whose file leaves the size open, at two sizes.</summary>
    [OnnxParityTheory("ppocr-det")]
    [InlineData(320, 320)]
    [InlineData(96, 160)]
    public void Forward_PpOcrDetector_EqualsOnnxRuntime(int height, int width)
    {
        string[] tensors =
        [
            "batch_norm_67.tmp_2", "hardswish_58.tmp_0", "conv2d_457.tmp_0", "hardsigmoid_10.tmp_0", "p2o.Add.253",
            "p2o.Concat.1",
            "batch_norm_1.tmp_4", "p2o.Add.281",
        ];
        using var graph = ModelCatalog.Open(RepositoryPaths.Models).Load("ppocr-det");
        var sample = Picture(3, height, width, seed: 5, alpha: null);
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = (sample[i] - graph.Input.Mean[0]) / graph.Input.Std[0];
        }

        Compare("ppocr-det", graph, sample, tensors, channelsLast: false, tiledChannels: false, height, width);
    }

    private void Compare(
        string model, ModelGraph graph, float[] sample, string[] tensors, bool channelsLast, bool tiledChannels, int height = 0, int width = 0)
    {
        (height, width) = (height > 0 ? height : graph.Input.Height, width > 0 ? width : graph.Input.Width);
        var channels = graph.Input.Channels;
        var given = channelsLast ? ToChannelsLast(sample, channels) : sample;
        int[] shape = channelsLast ? [1, height, width, channels] : [1, channels, height, width];
        var expected = OnnxRuntimeReference.Run(
            Path.Combine(RepositoryPaths.Models, model, $"{model}.onnx"), given, shape, tensors);

        string[] layers = [.. tensors.Select(tensor => graph.Find(tensor)?.Name ?? throw new InvalidOperationException($"no layer for '{tensor}'"))];
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2, ChannelsLast = tiledChannels });
        using var compiled = engine.Compile(graph, new CompileOptions(height, width, [.. layers.Distinct()]));
        using var pass = compiled.Forward(sample, 1, withGradient: false);
        for (var i = 0; i < tensors.Length; i++)
        {
            var actual = new float[compiled.TargetShapes[layers[i]].ElementCount];
            pass.CopyActivation(layers[i], actual);

            // Tensors keep the file's axis order; activations are always (channels, height, width).
            var last = channelsLast && expected[i].Shape[1] != compiled.TargetShapes[layers[i]].Channels;
            var values = last
                ? ToChannelsFirst(expected[i].Values, compiled.TargetShapes[layers[i]].Channels)
                : expected[i].Values;
            var error = Parity.RelativeError(actual, [.. values.Select(value => (double)value)]);
            output.WriteLine($"{tensors[i]} ({layers[i]}): relative error {error:e2}");
            Assert.InRange(error, 0, Tolerance);
        }
    }

    /// <summary>Smooth colour gradients with noise, 0..255, (channels, height, width).</summary>
    private static float[] Picture(int channels, int height, int width, int seed, float? alpha)
    {
        var random = new Random(seed);
        var values = new float[channels * height * width];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, y, x) = (i / (height * width), i / width % height, i % width);
            values[i] = channel == 3 && alpha is { } constant
                ? constant
                : (float)(127.5 + (100 * Math.Sin((x * (channel + 1) / 23.0) + (y / 31.0))) + (25 * random.NextDouble()));
        }

        return values;
    }

    private static float[] ToChannelsLast(float[] values, int channels)
    {
        var cells = values.Length / channels;
        var moved = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            moved[(i % cells * channels) + (i / cells)] = values[i];
        }

        return moved;
    }

    private static float[] ToChannelsFirst(float[] values, int channels)
    {
        var cells = values.Length / channels;
        var moved = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            moved[(i % channels * cells) + (i / channels)] = values[i];
        }

        return moved;
    }
}
