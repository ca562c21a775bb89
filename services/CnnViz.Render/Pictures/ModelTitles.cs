using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>
/// A network's name in captions, and which weights it has: the file's name and the digest's first 8 digits. Initial weights are
/// never passed off as learned.
/// </summary>
internal static class ModelTitles
{
    private const int DigestDigits = 8;

    /// <summary>For a result that was computed.</summary>
    public static string Of(Execution execution) =>
        Of(execution.Model, execution.Untrained, execution.WeightsFile, execution.ModelDigest);

    /// <summary>For a layer's own weights.</summary>
    public static string Of(ModelInfoResponse model, LayerInfo layer) =>
        Of(model.Name, layer.Untrained, model.WeightsFile, model.Digest);

    private static string Of(string model, bool untrained, string file, string digest)
    {
        // A model that was named by its file's path goes by the file's name; other names have no separator.
        var name = Path.GetFileName(model);
        if (untrained)
        {
            return $"{name} (untrained)";
        }

        var which = Telling(file, name) ? $" {file}" : "";
        return which.Length == 0 && digest.Length < DigestDigits
            ? name
            : $"{name} (weights{which}{(digest.Length < DigestDigits ? "" : $" {digest[..DigestDigits]}")})";
    }

    /// <summary>A file that is named after its model, or just "model", tells nothing more.</summary>
    private static bool Telling(string file, string name) =>
        file.Length > 0 && file != name && Path.GetFileNameWithoutExtension(file) is var stem && stem != name && stem != "model";
}
