using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Engine.Tests.TfJs;

/// <summary>Runs a TensorFlow.js model with TensorFlow.js itself.</summary>
internal static class TensorFlowJsReference
{
    private static readonly string _tools = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "tfjs");

    /// <summary>Several tests want it; npm must not run twice in one folder.</summary>
    private static readonly Lazy<Task<ToolResult>> _installed = new(() => ToolProcess.RunAsync(_tools, "npm", "install"));

    /// <param name="model">The model.json.</param>
    /// <param name="channels">Of the input.</param>
    /// <param name="height">Of the input, in pixels.</param>
    /// <param name="width">Of the input, in pixels.</param>
    /// <param name="image">(channels, height, width), preprocessed.</param>
    /// <param name="nodes">Nodes of the file.</param>
    /// <returns>Each node's values, channels first.</returns>
    public static async Task<List<double[]>> RunAsync(
        string model, int channels, int height, int width, float[] image, IReadOnlyList<string> nodes)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "input.f32");
        var area = height * width;
        var channelsLast = new float[image.Length];
        for (var i = 0; i < image.Length; i++)
        {
            channelsLast[i] = image[(i % channels * area) + (i / channels)];
        }

        await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes(channelsLast.AsSpan()).ToArray());
        var installed = await _installed.Value;
        Assert.True(installed.ExitCode == 0, installed.All);
        string[] arguments = ["run-model.mjs", model, file, $"1,{height},{width},{channels}", folder.Path, .. nodes];
        var run = await ToolProcess.RunAsync(_tools, "node", arguments);
        Assert.True(run.ExitCode == 0, run.All);
        using var listing = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "outputs.json")));
        return [.. listing.RootElement.EnumerateArray().Select(entry =>
        {
            var values = File.ReadAllBytes(Path.Combine(folder.Path, entry.GetProperty("file").GetString()!));
            var last = entry.GetProperty("shape").EnumerateArray().Last().GetInt32();
            return ChannelsFirst(last, MemoryMarshal.Cast<byte, float>(values));
        })];
    }

    private static double[] ChannelsFirst(int channels, ReadOnlySpan<float> values)
    {
        var area = values.Length / channels;
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            result[(i % channels * area) + (i / channels)] = values[i];
        }

        return result;
    }
}
