using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Engine.Tests.Onnx;

/// <summary>Runs an ONNX file with ONNX Runtime, an implementation independent of this one.</summary>
internal static class OnnxRuntimeReference
{
    private static readonly string _tools = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "onnxruntime");

    /// <summary>Why the reference cannot run here; null when it can.</summary>
    public static string? Missing => Directory.Exists(Path.Combine(_tools, "node_modules", "onnxruntime-node"))
        ? null
        : "onnxruntime-node is not installed below tests/Parity/onnxruntime; ./cnnviz test installs it";

    /// <summary>The values of any tensors of a model.</summary>
    /// <param name="model">The .onnx file.</param>
    /// <param name="input">The picture input in the model's own axis order.</param>
    /// <param name="shape">Its extents, batch included.</param>
    /// <param name="tensors">Names of tensors, outputs or not.</param>
    /// <returns>Extents and values, by the tensors' places.</returns>
    public static IReadOnlyList<(int[] Shape, float[] Values)> Run(
        string model, float[] input, int[] shape, IReadOnlyList<string> tensors)
    {
        var folder = Directory.CreateTempSubdirectory("cnnviz-onnx-").FullName;
        try
        {
            var copy = Path.Combine(folder, "model.onnx");
            var inputFile = Path.Combine(folder, "input.bin");
            File.WriteAllBytes(inputFile, MemoryMarshal.AsBytes<float>(input).ToArray());
            Start("/usr/bin/python3", [Path.Combine(_tools, "add-outputs.py"), model, copy, .. tensors]);
            Start("node", [Path.Combine(_tools, "run-model.mjs"), copy, inputFile, string.Join(',', shape), folder, .. tensors]);
            using var listing = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "outputs.json")));
            return [.. listing.RootElement.EnumerateArray().Select(output => (
                output.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray(),
                MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, output.GetProperty("file").GetString()!))).ToArray()))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {arguments[0]} failed: {errors} {output.Result}");
        }
    }
}

/// <summary>
/// A theory about an installed ONNX network; skipped, with the reason, where it or the reference is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnnxParityTheoryAttribute : TheoryAttribute
{
    public OnnxParityTheoryAttribute(string model)
    {
        var file = Path.Combine(RepositoryPaths.Models, model, $"{model}.onnx");
        Skip = File.Exists(file) ? OnnxRuntimeReference.Missing : $"model '{model}' is not installed; ./cnnviz test installs it";
    }
}
