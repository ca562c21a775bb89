using System.Text.Json.Nodes;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>One random structural edit of a JSON document: a value replaced, removed, doubled or swapped with another.</summary>
internal static class JsonMutation
{
    private static readonly string[] _values =
    [
        "null", "true", "-1", "0", "1", "2", "3", "7", "2147483647", "-2147483648", "9223372036854775807", "1e308", "0.5", "\"\"",
        "\"NaN\"", "\"-1\"",
        "\"0\"", "\"4\"", "\"2147483647\"", "\"n/conv\"", "\"n/k\"", "\"image\"", "\"n/axis:1\"", "\"^n/add\"", "\"U0FNRQ==\"",
        "\"VkFMSUQ=\"", "\"Tk5OTg==\"",
        "\"Conv2D\"", "\"Reshape\"", "\"Relu\"", "\"Mul\"", "\"Pack\"", "\"Const\"", "\"Squeeze\"", "\"ExpandDims\"",
        "\"StridedSlice\"", "\"Placeholder\"", "\"Range\"",
        "\"uint8\"", "\"float32\"", "\"../w.bin\"", "[]", "{}", "[1,2]", """{"dtype":"uint8","scale":0.1,"min":-1}""",
    ];

    /// <param name="root">The document.</param>
    /// <param name="random">Chooses the edit.</param>
    /// <param name="words">Values that mean something in the format, as JSON; by default TensorFlow.js graph models'.</param>
    public static void Apply(JsonObject root, Random random, IReadOnlyList<string>? words = null)
    {
        words ??= _values;
        var places = new List<JsonNode>();
        Collect(root, places);
        if (places.Count == 0)
        {
            return;
        }

        var place = places[random.Next(places.Count)];
        var other = places[random.Next(places.Count)];
        switch (place.Parent)
        {
            case JsonArray array:
                var index = place.GetElementIndex();
                switch (random.Next(4))
                {
                    case 0: array.RemoveAt(index); break;
                    case 1: array.Insert(index, place.DeepClone()); break;
                    case 2: array[index] = other.DeepClone(); break;
                    default: array[index] = Value(random, words); break;
                }

                break;
            case JsonObject parent:
                var name = place.GetPropertyName();
                switch (random.Next(4))
                {
                    case 0: parent.Remove(name); break;
                    case 1: parent[name] = other.DeepClone(); break;
                    default: parent[name] = Value(random, words); break;
                }

                break;
        }
    }

    private static JsonNode? Value(Random random, IReadOnlyList<string> words) => JsonNode.Parse(words[random.Next(words.Count)]);

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        var children = node switch
        {
            JsonObject obj => obj.Select(member => member.Value),
            JsonArray array => array,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            places.Add(child);
            Collect(child, places);
        }
    }
}
