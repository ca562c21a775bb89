using System.Text.Json;
using CnnViz.Bench.Peers;
using CnnViz.Models;

namespace CnnViz.Bench.Tests;

/// <summary>What peers are given.</summary>
public sealed class NetworkFileTests
{
    [Fact]
    public void Write_UpToALayer_HoldsItsAncestorsAndTheirWeights()
    {
        using var graph = ZooModel.All.Single(zoo => zoo.Name == "conv-flatten-dense").Build();
        var layer = graph.Listed.First(listed => listed.Weights.Count > 0);
        var folder = Directory.CreateTempSubdirectory("cnnviz-bench-test-");
        try
        {
            var file = NetworkFile.Write(graph, [layer.Name], Path.Combine(folder.FullName, "network.json"));

            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var layers = json.RootElement.GetProperty("layers").EnumerateArray().ToList();
            var names = layers.Select(one => one.GetProperty("name").GetString()!);
            Assert.Equal(ShapeInference.Ancestors(graph, [layer.Name]), names.ToHashSet());
            var kernel = layer.Weight("kernel")!;
            var expected = new float[kernel.ElementCount];
            graph.Weights.Read(kernel.Key, expected);
            var written = layers.Select(one => one.GetProperty("weights"))
                .First(weights => weights.TryGetProperty("kernel", out _))
                .GetProperty("kernel");
            var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(
                File.ReadAllBytes(Path.ChangeExtension(file, ".f32")));
            Assert.Equal(expected, values.Slice(written.GetProperty("offset").GetInt32(), expected.Length).ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
