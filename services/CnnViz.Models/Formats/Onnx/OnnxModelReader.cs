namespace CnnViz.Models.Onnx;

/// <summary>
/// Reads an ONNX ModelProto by the field numbers of onnx.proto. Fields that do not matter here are skipped without being read,
/// and so are the graphs within nodes: a node that has one is no op that a feature map passes.
/// </summary>
internal static class OnnxModelReader
{
    /// <summary>Longest text, in bytes: names, and attributes such as "SAME_UPPER".</summary>
    public const int MaxText = 4_096;

    private const int MaxPorts = 4_096;
    private const int MaxAttributes = 256;
    private const int MaxNumbers = 65_536;

    public static OnnxModel Read(ByteSource bytes)
    {
        var opset = 0L;
        var graph = new Graph([], [], [], []);
        var found = false;
        var reader = new WireReader(new WireBytes(bytes));
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    found = true;
                    ReadGraph(reader.Message(), graph);
                    break;
                case 8:
                    var (domain, version) = ReadOpset(reader.Message());
                    opset = domain is "" or "ai.onnx" ? version : opset;
                    break;
            }
        }

        if (!found || opset < 1)
        {
            throw new ModelFormatException("it is no ONNX model: it has no graph or names no operator set");
        }

        return new OnnxModel((int)Math.Min(opset, int.MaxValue), graph.Nodes, graph.Initializers, graph.Inputs, graph.Outputs);
    }

    private static (string Domain, long Version) ReadOpset(WireReader reader)
    {
        var (domain, version) = ("", 0L);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: domain = reader.Text(MaxText); break;
                case 2: version = reader.Int64(); break;
            }
        }

        return (domain, version);
    }

    /// <summary>Adds to what is there: a message field that occurs twice in a protobuf file is merged.</summary>
    private static void ReadGraph(WireReader reader, Graph graph)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: Bounded(graph.Nodes, "nodes").Add(ReadNode(reader.Message())); break;
                case 5: Bounded(graph.Initializers, "initializers").Add(OnnxTensorReader.Read(reader.Message())); break;
                case 11: Bounded(graph.Inputs, "inputs").Add(ReadInput(reader.Message())); break;
                case 12: Bounded(graph.Outputs, "outputs").Add(ReadInput(reader.Message()).Name); break;
                case 15: throw new ModelFormatException("sparse initializers are not supported");
            }
        }
    }

    private static List<T> Bounded<T>(List<T> list, string what, int most = ModelLimits.MaxLayers) => list.Count < most
        ? list
        : throw new ModelFormatException($"it has more than {most} {what}");

    private static OnnxNode ReadNode(WireReader reader)
    {
        var (name, op, domain) = ("", "", "");
        var (inputs, outputs) = (new List<string>(), new List<string>());
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: Bounded(inputs, "inputs of a node", MaxPorts).Add(reader.Text(MaxText)); break;
                case 2: Bounded(outputs, "outputs of a node", MaxPorts).Add(reader.Text(MaxText)); break;
                case 3: name = reader.Text(MaxText); break;
                case 4: op = reader.Text(MaxText); break;
                case 5:
                    var (attribute, value) = ReadAttribute(reader.Message());
                    attributes[attribute] = attributes.Count < MaxAttributes
                        ? value
                        : throw new ModelFormatException($"node '{name}' has more than {MaxAttributes} attributes");
                    break;
                case 7: domain = reader.Text(MaxText); break;
            }
        }

        return new OnnxNode(name, domain is "" or "ai.onnx" ? op : $"{domain}.{op}", inputs, outputs, attributes);
    }

    private static (string Name, OnnxAttribute Value) ReadAttribute(WireReader reader)
    {
        var name = "";
        float? single = null;
        long? integer = null;
        string? text = null;
        OnnxTensor? tensor = null;
        var (floats, ints) = (new List<ulong>(), new List<ulong>());
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(MaxText); break;
                case 2: single = reader.Single(); break;
                case 3: integer = reader.Int64(); break;
                case 4: text = reader.Length <= MaxText ? reader.Text(MaxText) : null; break;
                case 5: tensor = OnnxTensorReader.Read(reader.Message()); break;
                case 7: reader.AddBits(floats, WireType.Fixed32, MaxNumbers); break;
                case 8: reader.AddBits(ints, WireType.Varint, MaxNumbers); break;
            }
        }

        float[] singles = [.. floats.Select(bits => BitConverter.UInt32BitsToSingle((uint)bits))];
        return (name, new OnnxAttribute(single, integer, text, tensor, singles, ints));
    }

    /// <summary>A ValueInfoProto, whose type (2) holds a tensor type (1) of element type (1) and shape (2).</summary>
    private static OnnxInput ReadInput(WireReader reader)
    {
        var (name, type) = ("", 0);
        List<int>? dims = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(MaxText); break;
                case 2:
                    foreach (var tensor in Messages(reader.Message(), 1))
                    {
                        while (tensor.Next())
                        {
                            switch (tensor.Field)
                            {
                                case 1: type = (int)Math.Clamp(tensor.Int64(), 0, int.MaxValue); break;
                                case 2: dims = ReadShape(tensor.Message()); break;
                            }
                        }
                    }

                    break;
            }
        }

        return new OnnxInput(name, type, dims);
    }

    private static List<int> ReadShape(WireReader reader)
    {
        var dims = new List<int>();
        foreach (var dim in Messages(reader, 1))
        {
            var extent = -1;
            while (dim.Next())
            {
                if (dim.Field == 1)
                {
                    // Some exporters write 0 for an extent that they do not know.
                    extent = dim.Int64() is > 0 and <= int.MaxValue and var value ? (int)value : -1;
                }
            }

            Bounded(dims, "axes of an input", ModelLimits.MaxRank).Add(extent);
        }

        return dims;
    }

    private static IEnumerable<WireReader> Messages(WireReader reader, int field)
    {
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                yield return reader.Message();
            }
        }
    }

    private sealed record Graph(
        List<OnnxNode> Nodes, List<OnnxTensor> Initializers, List<OnnxInput> Inputs, List<string> Outputs);
}
