using CnnViz.Models.Hdf5;
using CnnViz.Models.Keras;

namespace CnnViz.Models;

/// <summary>
/// Puts the weights of a Keras .h5 file into a network that is there already: the official files of Keras Applications in their
/// old and new layouts, and what save_weights or model.save wrote. Layers are found by their names; where those are others, as
/// in networks whose layers are merely numbered, by their order, as Keras does.
/// </summary>
public static class KerasWeightsReader
{
    /// <summary>Reads weights into a network. Values stay in the file until they are asked for.</summary>
    /// <param name="path">The .h5 file.</param>
    /// <param name="network">Gives the layers, and the constants among the weights; the result does not need it any more.</param>
    /// <param name="options">What is given takes the place of the network's own; a size does not.</param>
    /// <exception cref="ModelFormatException">The file is malformed, or a layer's weights are missing or have other shapes; the
    /// message names file and layer, the expected and the found shape.</exception>
    public static ModelGraph Read(string path, ModelGraph network, ModelReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(network);
        var fileName = Path.GetFileName(path);
        try
        {
            var file = Hdf5File.Open(path);
            try
            {
                return Bind(new H5LayerWeights(file), network, fileName, options ?? new ModelReadOptions());
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{fileName}: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"{fileName}: a value is out of range", e);
        }
    }

    private static ModelGraph Bind(H5LayerWeights file, ModelGraph network, string fileName, ModelReadOptions options)
    {
        ListedLayer[] layers = [.. network.Listed.Where(layer => layer.Weights.Any(weight => weight.Role != "constant"))];
        string[] groups = [.. file.LayerNames.Where(name => file.OfGroup(name).Count > 0)];
        var byName = groups.ToHashSet(StringComparer.Ordinal).IsSupersetOf(layers.Select(layer => layer.Name));
        string[] wanted = byName || layers.Length != groups.Length ? [.. layers.Select(layer => layer.Name)] : groups;
        var needs = layers.Select((layer, i) => new KerasNeed(layer.Name, Variables(layer), file.OfGroup(wanted[i])));
        var shapes = layers.SelectMany(layer => layer.Weights).ToDictionary(
            weight => weight.Key, weight => weight.Shape, StringComparer.Ordinal);
        var store = KerasBinding.Bind(needs, shapes, file, Constants(network), network.Digest);
        Layer[] trained = [.. network.Layers.Select(layer => layer with { Untrained = false })];
        return new ModelGraph(options.Name ?? network.Name, PictureInput.Apply(network.Input, options), trained, store)
        {
            Description = options.Description.Length > 0 ? options.Description : network.Description,
            Labels = options.Labels.Count > 0 ? options.Labels : network.Labels,
            DeclaredClassLayer = options.ClassLayer ?? network.DeclaredClassLayer,
            Outputs = network.Outputs,
            Sequential = network.Sequential,
            WeightsFile = fileName,
        };
    }

    private static KerasVariable[] Variables(ListedLayer layer) =>
    [
        .. layer.Weights.Where(weight => weight.Role != "constant")
            .Select(weight => new KerasVariable(weight.Role, weight.Shape, IsRead(weight) ? weight.Key : null)),
    ];

    /// <summary>Not a Normalization's count of samples, an integer that no result depends on.</summary>
    private static bool IsRead(LayerWeight weight) => weight.Role is not ("constant" or "count");

    private static Dictionary<string, (int[] Shape, float[] Values)> Constants(ModelGraph network)
    {
        var constants = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal);
        foreach (var weight in network.Layers.SelectMany(layer => layer.Weights).Where(weight => !IsRead(weight)))
        {
            var values = new float[weight.ElementCount];
            network.Weights.Read(weight.Key, values);
            constants[weight.Key] = ([.. weight.Shape], values);
        }

        return constants;
    }
}
