using CnnViz.Models.Hdf5;

namespace CnnViz.Models.Keras;

/// <summary>An array of a weight file.</summary>
/// <param name="Name">Its name in the file; unique there.</param>
/// <param name="Shape">Its extents.</param>
internal sealed record KerasArray(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>Where the values lie as they are; null when they have to be decoded by <see cref="Dataset"/>.</summary>
    public StoredTensor? Stored { get; init; }

    /// <summary>The dataset, in HDF5 files.</summary>
    public Hdf5Dataset? Dataset { get; init; }

    public static KerasArray Of(Hdf5Dataset dataset) =>
        new(dataset.Path, dataset.Shape) { Stored = dataset.Stored(dataset.Path), Dataset = dataset };
}

/// <summary>A file's weights, by the layers of the model they belong to. One class per layout.</summary>
internal interface IKerasWeights : IDisposable
{
    /// <summary>A layer's arrays in get_weights() order; empty where the file has none for it.</summary>
    /// <exception cref="ModelFormatException">The file is damaged there.</exception>
    IReadOnlyList<KerasArray> Of(KerasWeightedLayer layer);

    /// <summary>The store that reads the arrays which lie in the file as they are. It owns the file from then on.</summary>
    WeightStore Open(IReadOnlyCollection<StoredTensor> stored);
}
