using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>
/// A graph, images and cotangents, written to a folder for reference.py, which evaluates them in float64, and its answers.
/// Works for any graph: ops go by their own properties.
/// </summary>
internal sealed class ReferenceJob(string folder, IReadOnlyList<string> targets)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes graph.json, weights.bin, input.bin and a cotangent-i.bin per target (float32, little-endian).</summary>
    /// <param name="folder">Created if missing.</param>
    /// <param name="graph">The network; only what the targets need is written.</param>
    /// <param name="height">Input height in pixels.</param>
    /// <param name="width">Input width in pixels.</param>
    /// <param name="images">(batch, channels, height, width).</param>
    /// <param name="cotangents">Shaped like the targets' activations, in the order of the targets.</param>
    /// <param name="relief"><see cref="CompileOptions.ReluRelief"/>.</param>
    public static ReferenceJob Write(
        string folder,
        ModelGraph graph,
        int height,
        int width,
        float[] images,
        IReadOnlyList<(string Target, float[] Values)> cotangents,
        bool relief = false)
    {
        Directory.CreateDirectory(folder);
        string[] targets = [.. cotangents.Select(c => c.Target)];
        var needed = ShapeInference.Ancestors(graph, targets);
        using (var weights = File.Create(Path.Combine(folder, "weights.bin")))
        {
            JsonArray layers =
                [.. graph.Layers.Where(layer => needed.Contains(layer.Name)).Select(layer => Describe(layer, graph, weights))];
            var description = new JsonObject
            {
                ["input"] = new JsonArray(graph.Input.Channels, height, width),
                ["targets"] = new JsonArray([.. targets.Select(name => JsonValue.Create(graph.Find(name)!.Name))]),
                ["layers"] = layers,
                ["relief"] = relief,
            };
            File.WriteAllText(Path.Combine(folder, "graph.json"), description.ToJsonString(_json));
        }

        WriteFloats(Path.Combine(folder, "input.bin"), images);
        for (var i = 0; i < targets.Length; i++)
        {
            WriteFloats(Path.Combine(folder, $"cotangent-{i}.bin"), cotangents[i].Values);
        }

        return new ReferenceJob(folder, targets);
    }

    /// <summary>Evaluates jobs with /usr/bin/python3, all in one process.</summary>
    public static void Run(IEnumerable<string> folders)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Torch", "reference.py"));
        foreach (var folder in folders)
        {
            start.ArgumentList.Add(folder);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"reference.py failed: {errors}");
        }
    }

    /// <summary>A target's activations, (batch, ...), by its place among the targets.</summary>
    public double[] Activation(int target) => ReadDoubles($"activation-{target}.bin");

    /// <summary>The gradient with respect to the images.</summary>
    public double[] Gradient() => ReadDoubles("gradient.bin");

    public int TargetCount => targets.Count;

    private static JsonObject Describe(Layer layer, ModelGraph graph, FileStream weights)
    {
        var described = new JsonArray();
        foreach (var weight in layer.Weights)
        {
            var values = new float[weight.ElementCount];
            graph.Weights.Read(weight.Key, values);
            described.Add(new JsonObject
            {
                ["role"] = weight.Role,
                ["layout"] = weight.Layout.ToString(),
                ["shape"] = new JsonArray([.. weight.Shape.Select(extent => JsonValue.Create(extent))]),
                ["offset"] = weights.Position / sizeof(float),
            });
            weights.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return new JsonObject
        {
            ["name"] = layer.Name,
            ["op"] = layer.Op.GetType().Name,
            ["attributes"] = JsonSerializer.SerializeToNode(layer.Op, layer.Op.GetType(), _json),
            ["inputs"] = new JsonArray([.. layer.Inputs.Select(name => JsonValue.Create(graph.Find(name)!.Name))]),
            ["weights"] = described,
        };
    }

    private static void WriteFloats(string path, float[] values) =>
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(values.AsSpan()));

    private double[] ReadDoubles(string file) => MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();
}
