using System.Globalization;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>Finds what a request names: a model, a layer, a filter; says the nearest names when there is none.</summary>
internal sealed class ModelRequests(ModelCatalog catalog, SpecModels specs)
{
    /// <summary>Most layers one FeatureMaps request may name.</summary>
    private const int MaxLayers = 64;

    public IReadOnlyList<ModelCatalogEntry> Entries() => catalog.List();

    /// <summary>The network a request names, or defines in a spec.</summary>
    /// <exception cref="Grpc.Core.RpcException">As for a name; INVALID_ARGUMENT for both, or for a spec that makes no
    /// network.</exception>
    public ModelGraph Graph(string name, SequentialSpec? spec)
    {
        if (spec is null)
        {
            return Graph(name);
        }

        return string.IsNullOrEmpty(name)
            ? specs.Graph(spec)
            : throw RpcErrors.InvalidArgument(("spec", "cannot be given together with model"));
    }

    /// <summary>The network a request names, or whose file's path it gives where that is allowed.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND for an unknown name or a missing file, INVALID_ARGUMENT for files that
    /// cannot be used, FAILED_PRECONDITION for a path that may not be read.</exception>
    public ModelGraph Graph(string name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw RpcErrors.InvalidArgument(("model", "must name a model"));
        }

        if (ModelCatalog.IsFilePath(name))
        {
            return File(name);
        }

        var entries = catalog.List();
        var entry = entries.FirstOrDefault(e => e.Name == name);
        if (entry is null)
        {
            throw Unknown("UNKNOWN_MODEL", "model", name, entries.Select(e => e.Name), "there is no model");
        }

        if (entry.MissingFile is { } file)
        {
            throw RpcErrors.NotFound(
                "MODEL_NOT_INSTALLED", $"model '{name}' is known but not installed: {file} is missing", ("model", name), ("file", file));
        }

        try
        {
            return catalog.Load(name);
        }
        catch (ModelFormatException exception)
        {
            throw RpcErrors.InvalidArgument(("model", $"{Fields.Quote(name)} cannot be used: {exception.Message}"));
        }
    }

    private ModelGraph File(string path)
    {
        if (catalog.Files.Refusal(path) is { } refusal)
        {
            throw RpcErrors.FailedPrecondition(
                "MODEL_FILE_NOT_ALLOWED",
                $"{Fields.Quote(path)} cannot be read: {refusal}; whoever runs it may allow paths with CNNVIZ_MODEL_FILES",
                ("model", Fields.Quote(path)));
        }

        try
        {
            return catalog.Load(path);
        }
        catch (ModelNotFoundException exception)
        {
            throw RpcErrors.NotFound("UNKNOWN_MODEL", exception.Message, ("model", Fields.Quote(path)));
        }
        catch (ModelFormatException exception)
        {
            throw RpcErrors.InvalidArgument(("model", $"{Fields.Quote(path)} cannot be used: {exception.Message}"));
        }
    }

    /// <summary>A layer by name or by index as decimal text.</summary>
    public static Layer Layer(ModelGraph graph, string field, string name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw RpcErrors.InvalidArgument((field, "must name a layer, or give its index"));
        }

        if (graph.Find(name) is { } layer)
        {
            return layer;
        }

        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < graph.Listed.Count)
        {
            return graph.Listed[index].Output;
        }

        throw Unknown(
            "UNKNOWN_LAYER", field, name, graph.Layers.Select(l => l.Name), $"model '{graph.Name}' has no layer");
    }

    /// <summary>The layers of a FeatureMaps request: named, distinct, computable.</summary>
    public static IReadOnlyList<string> FeatureLayers(ModelGraph graph, IReadOnlyList<string> names)
    {
        if (names.Count is < 1 or > MaxLayers)
        {
            throw RpcErrors.InvalidArgument(("layers", $"must name 1 to {MaxLayers} layers, not {names.Count}"));
        }

        return [.. names.Select((name, i) => Layer(graph, $"layers[{i}]", name).Name).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The shape of a layer's output, or why it cannot be computed.</summary>
    public static TensorShape Shape(ModelGraph graph, string field, string layer, int height, int width)
    {
        try
        {
            return ShapeInference.Infer(graph, height, width, [layer])[layer];
        }
        catch (ModelFormatException exception)
        {
            throw RpcErrors.InvalidArgument((field, $"{Fields.Quote(layer)} cannot be computed: {exception.Message}"));
        }
    }

    private static Grpc.Core.RpcException Unknown(
        string reason, string field, string name, IEnumerable<string> names, string sentence)
    {
        // A name of absurd length has no near neighbour worth searching for.
        var nearest = name.Length > 200 ? [] : NameSuggestions.Nearest(name, names);
        var hint = nearest.Count == 0 ? "" : $"; the nearest are {string.Join(", ", nearest)}";
        return RpcErrors.NotFound(
            reason,
            $"{sentence} {Fields.Quote(name)}{hint}",
            ("field", field), ("value", Fields.Quote(name)), ("nearest", string.Join(",", nearest)));
    }
}
