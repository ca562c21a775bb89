using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CnnViz.Models;

namespace CnnViz.Bench.Peers;

/// <summary>
/// Writes a network up to some layers for a peer: its ops as JSON and, beside it with the ending .f32, its weights as
/// little-endian float32 in their own axis orders. bench/peers/network.py reads it.
/// </summary>
internal static class NetworkFile
{
    private static readonly JsonSerializerOptions _json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <param name="graph">The network.</param>
    /// <param name="targets">Layers whose outputs are wanted, in this order.</param>
    /// <param name="path">The JSON's path.</param>
    public static string Write(ModelGraph graph, IReadOnlyList<string> targets, string path)
    {
        var needed = ShapeInference.Ancestors(graph, targets);
        using var values = File.Create(Path.ChangeExtension(path, ".f32"));
        var offset = 0L;
        var layers = new List<object>();
        foreach (var layer in graph.Layers.Where(layer => needed.Contains(layer.Name)))
        {
            var weights = new Dictionary<string, object>();
            foreach (var weight in layer.Weights)
            {
                var buffer = new float[weight.ElementCount];
                graph.Weights.Read(weight.Key, buffer);
                values.Write(MemoryMarshal.AsBytes(buffer.AsSpan()));
                weights[weight.Role] = new { offset, shape = weight.Shape, layout = weight.Layout };
                offset += buffer.Length;
            }

            layers.Add(new
            {
                name = layer.Name,
                kind = layer.Op.GetType().Name,
                op = JsonSerializer.SerializeToElement(layer.Op, layer.Op.GetType(), _json),
                inputs = layer.Inputs.Select(name => graph.Find(name)!.Name),
                weights,
            });
        }

        var input = new { order = graph.Input.Order, mean = graph.Input.Mean, std = graph.Input.Std };
        var network = new { input, targets = targets.Select(name => graph.Find(name)!.Name), layers };
        File.WriteAllText(path, JsonSerializer.Serialize(network, _json));
        return path;
    }
}
