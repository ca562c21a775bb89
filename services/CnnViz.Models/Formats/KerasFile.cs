namespace CnnViz.Models;

/// <summary>Keras' files of either kind: whole models, and weights alone for networks of the zoo.</summary>
internal static class KerasFile
{
    /// <summary>Reads a .h5, .hdf5 or .keras file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="architecture">For weights alone, the network of the zoo that they are for; null goes by an official file's
    /// name.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    public static ModelGraph Read(string path, ModelReadOptions options, string? architecture)
    {
        var file = Path.GetFileName(path);
        var network = architecture ?? OfficialWeights.NetworkOf(file);
        if (network is null || ZooModel.All.FirstOrDefault(model => model.Name == network) is not { } zoo
            || !KerasModelReader.HoldsWeightsAlone(path))
        {
            return KerasModelReader.Read(path, options);
        }

        var description = options.Description.Length > 0 ? options.Description : $"{zoo.Architecture}; weights from {file}";
        return KerasWeightsReader.Read(path, zoo.Build(), options with { Description = description });
    }
}
