using System.Text.RegularExpressions;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Onnx;

/// <summary>
/// ONNX' own conformance models (Debian's libonnx-testdata) through the reader and the Torch engine: those whose op a
/// convolutional network is made of, with the inputs and the expected output that come with them. An op's second and further
/// inputs become constants, as they are in a network. What the product does not support is skipped and printed with its reason;
/// what it runs must be right.
/// </summary>
public sealed partial class ConformanceTests(ITestOutputHelper output)
{
    /// <summary>
    /// Fewest models that must run, as reached; the rest needs ranks, types or forms that no picture's network has.
    /// </summary>
    private const int LeastRun = 275;

    /// <summary>Models whose expected outputs are an earlier reference's, which did not round the output's extent.</summary>
    private static readonly string[] _disputed =
        ["test_resize_downsample_scales_linear_align_corners", "test_resize_downsample_scales_cubic_align_corners"];

    private const string Data = "/usr/share/libonnx-testdata/data";

    [ConformanceFact]
    public void Forward_ConformanceModels_EqualTheirExpectedOutputs()
    {
        string[] folders =
        [
            .. new[] { "node", "pytorch-converted", "pytorch-operator", "simple", "light" }
                .Select(group => Path.Combine(Data, group)).Where(Directory.Exists).SelectMany(Directory.GetDirectories)
                .Where(folder => Wanted().IsMatch(Path.GetFileName(folder))).Order(StringComparer.Ordinal),
        ];
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 1 });
        var (run, skipped, wrong) = (0, 0, new List<string>());
        foreach (var folder in folders)
        {
            var name = $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";
            var (reason, difference) = Run(folder, engine);
            if (reason is not null)
            {
                skipped++;
                output.WriteLine($"skipped {name}: {reason}");
            }
            else if (difference is { } message)
            {
                wrong.Add($"{name}: {message}");
            }
            else
            {
                run++;
            }
        }

        output.WriteLine($"{run} models right, {skipped} skipped, {wrong.Count} wrong");
        Assert.Empty(wrong);
        Assert.True(run >= LeastRun, $"{run} models ran; {LeastRun} did before");
    }

    [GeneratedRegex(
        "^test_(conv|Conv|averagepool|maxpool|globala|globalm|batchnorm|BatchNorm|relu|ReLU|leakyrelu|LeakyReLU|prelu|PReLU|elu|ELU|selu|SELU|celu|gelu"
        + "|thresholdedrelu|sigmoid|Sigmoid|hardsigmoid|hardswish|tanh|Tanh|softmax|Softmax|softplus|Softplus|softsign|Softsign|mish|clip|exp|log$|log_|sqrt"
        + "|abs|neg|erf|reciprocal|add|sub|mul|div|pow|max_|min_|sum_|mean_|gemm|matmul|Linear|concat|split|slice|flatten|reshape|transpose|squeeze"
        + "|unsqueeze|resize|upsample|Upsample|PixelShuffle|edge_pad|reflect_pad|constant_pad|ReflectionPad|ReplicationPad|ConstantPad|ZeroPad|reduce_mean|dropout"
        + "|identity|MaxPool|AvgPool|operator_|basic_conv|cast|Embedding|GLU|LogSoftmax|expand|depthtospace|single_relu|basic_)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Wanted();

    /// <returns>Why it cannot run; else how it is wrong; else neither.</returns>
    private static (string? Skipped, string? Wrong) Run(string folder, TorchEngine engine)
    {
        var data = Path.Combine(folder, "test_data_set_0");
        byte[][] inputs = [.. Enumerable.Range(0, 64).Select(i => Path.Combine(data, $"input_{i}.pb")).TakeWhile(File.Exists).Select(File.ReadAllBytes)];
        if (inputs.Length == 0)
        {
            return ("it takes no input", null);
        }

        if (_disputed.Contains(Path.GetFileName(folder)))
        {
            return ("its expected output maps the corners of 2.4 cells where the output has 2; ONNX Runtime disagrees with it too", null);
        }

        if (inputs.Skip(1).Any(input => TensorFile.Read(input).Name.Length == 0))
        {
            return ("its data do not name the inputs that would become constants", null);
        }

        var given = TensorFile.Read(inputs[0]);
        var expected = TensorFile.Read(File.ReadAllBytes(Path.Combine(data, "output_0.pb")));
        if (given.Type != 1 || expected.Type != 1)
        {
            return ($"its input or output is no float32 tensor (data types {given.Type} and {expected.Type})", null);
        }

        var model = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(model, TensorFile.Bind(File.ReadAllBytes(Path.Combine(folder, "model.onnx")), inputs.Skip(1)));
            using var graph = OnnxGraphReader.Read(model, new ModelReadOptions { ChannelsLast = false });
            if (graph.Layers.FirstOrDefault(layer => layer.Op is UnsupportedOp)?.Op is UnsupportedOp unsupported)
            {
                return ($"{unsupported.OpType}: {unsupported.Reason}", null);
            }

            if (graph.Outputs.Count == 0)
            {
                return ("its output is a constant", null);
            }

            using var compiled = engine.Compile(
                graph, new CompileOptions(graph.Input.Height, graph.Input.Width, [graph.Outputs[0]]));
            var batch = given.Values.Length / (int)compiled.InputShape.ElementCount;
            using var pass = compiled.Forward(given.Values, batch, withGradient: false);
            var actual = new float[batch * compiled.TargetShapes[graph.Outputs[0]].ElementCount];
            pass.CopyActivation(graph.Outputs[0], actual);
            return (null, Difference(actual, expected));
        }
        catch (Exception e) when (e is ModelFormatException or CompileException)
        {
            return (e.Message, null);
        }
        finally
        {
            File.Delete(model);
        }
    }

    private static string? Difference(float[] actual, TensorFile expected)
    {
        if (actual.Length != expected.Values.Length)
        {
            return $"{actual.Length} values instead of {expected.Values.Length}";
        }

        for (var i = 0; i < actual.Length; i++)
        {
            var (a, b) = (actual[i], expected.Values[i]);
            if (!(Math.Abs(a - b) <= 1e-5 + (1e-4 * Math.Abs(b))) && !(float.IsNaN(a) && float.IsNaN(b)) && a != b)
            {
                return $"value {i} is {a} instead of {b}";
            }
        }

        return null;
    }
}

/// <summary>A fact about ONNX' conformance models; skipped, with the reason, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute() =>
        Skip = Directory.Exists("/usr/share/libonnx-testdata/data/node")
            ? null
            : "Debian's libonnx-testdata is not installed; ./cnnviz test installs it";
}
