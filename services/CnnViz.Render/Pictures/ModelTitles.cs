using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>A network's name in captions, which never passes initial weights off as learned.</summary>
internal static class ModelTitles
{
    /// <summary>For a result that was computed.</summary>
    public static string Of(Execution execution) => Of(execution.Model, execution.Untrained);

    /// <summary>For a layer's own weights.</summary>
    public static string Of(ModelInfoResponse model, LayerInfo layer) => Of(model.Name, layer.Untrained);

    // A model that was named by its file's path goes by the file's name; other names have no separator.
    private static string Of(string model, bool untrained) =>
        untrained ? $"{Path.GetFileName(model)} (untrained)" : Path.GetFileName(model);
}
