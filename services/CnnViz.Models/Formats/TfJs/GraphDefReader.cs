using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>Parses and orders model.json's "modelTopology".</summary>
internal static class GraphDefReader
{
    public static GraphDef Read(JsonElement root)
    {
        var topology = JsonShape.Object(root, "modelTopology");
        var nodes = JsonShape.Array(topology, "node", "modelTopology");
        if (nodes.GetArrayLength() > ModelLimits.MaxLayers)
        {
            throw new ModelFormatException(
                $"modelTopology has {nodes.GetArrayLength()} nodes, more than {ModelLimits.MaxLayers}");
        }

        var parsed = new List<NodeDef>(nodes.GetArrayLength());
        var byName = new Dictionary<string, NodeDef>(StringComparer.Ordinal);
        foreach (var element in nodes.EnumerateArray())
        {
            var node = ReadNode(element, parsed.Count);
            if (!byName.TryAdd(node.Name, node))
            {
                throw new ModelFormatException($"two nodes are named '{node.Name}'");
            }

            parsed.Add(node);
        }

        return new GraphDef(Sort(parsed, byName), ReadOutputs(root));
    }

    private static NodeDef ReadNode(JsonElement element, int index)
    {
        var where = $"modelTopology.node[{index}]";
        var name = JsonShape.Name(element, "name", where);
        var op = JsonShape.Name(element, "op", where);
        var inputs = new List<TensorRef>();
        if (element.TryGetProperty("input", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new ModelFormatException($"node '{name}': 'input' is not a list");
            }

            foreach (var input in list.EnumerateArray())
            {
                var text = input.ValueKind == JsonValueKind.String ? input.GetString()! : "";
                if (text.Length is 0 or > ModelLimits.MaxNameLength + 16)
                {
                    throw new ModelFormatException($"node '{name}': an input is no tensor name");
                }

                // "^node" orders side effects; a pure graph needs none of it.
                if (text[0] != '^')
                {
                    inputs.Add(TensorRef.Parse(text));
                }
            }
        }

        element.TryGetProperty("attr", out var attributes);
        return new NodeDef(name, op, inputs, attributes);
    }

    /// <summary>Kahn's algorithm; among ready nodes the file's order is kept, so that layer order is stable.</summary>
    private static List<NodeDef> Sort(List<NodeDef> nodes, Dictionary<string, NodeDef> byName)
    {
        var waiting = new Dictionary<string, int>(StringComparer.Ordinal);
        var consumers = nodes.ToDictionary(node => node.Name, _ => new List<int>(), StringComparer.Ordinal);
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var input in nodes[i].Inputs)
            {
                if (!byName.ContainsKey(input.Node))
                {
                    throw new ModelFormatException(
                        $"node '{nodes[i].Name}' ({nodes[i].Op}) takes '{input.Node}', which does not exist");
                }

                consumers[input.Node].Add(i);
            }

            waiting[nodes[i].Name] = nodes[i].Inputs.Count;
            if (nodes[i].Inputs.Count == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var sorted = new List<NodeDef>(nodes.Count);
        while (ready.TryDequeue(out var index, out _))
        {
            sorted.Add(nodes[index]);
            foreach (var consumer in consumers[nodes[index].Name])
            {
                if (--waiting[nodes[consumer].Name] == 0)
                {
                    ready.Enqueue(consumer, consumer);
                }
            }
        }

        return sorted.Count == nodes.Count
            ? sorted
            : throw new ModelFormatException(
                $"node '{nodes.First(node => waiting[node.Name] > 0).Name}' lies on or behind a cycle");
    }

    private static List<string> ReadOutputs(JsonElement root)
    {
        var outputs = new List<string>();
        var signature = JsonShape.Optional(root, "signature");
        if (signature is null && JsonShape.Optional(root, "userDefinedMetadata") is { } metadata)
        {
            signature = JsonShape.Optional(metadata, "signature");
        }

        if (signature is { } found && JsonShape.Optional(found, "outputs") is { } declared)
        {
            outputs.AddRange(declared.EnumerateObject().Select(output => JsonShape.Text(output.Value, "name") ?? output.Name));
        }

        return outputs;
    }
}
