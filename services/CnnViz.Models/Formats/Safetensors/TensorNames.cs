namespace CnnViz.Models.Safetensors;

/// <summary>
/// The names under which a file may have a weight: the graph's own key ("conv1/kernel"), or PyTorch's ("conv1.weight"), as
/// torchvision and timm write them. Prefixes that training tools put before every name are left out.
/// </summary>
internal sealed class TensorNames
{
    /// <summary>Wrappers' prefixes: DataParallel, Lightning and the like.</summary>
    private static readonly string[] _prefixes = ["module.", "model.", "backbone.", "_orig_mod."];

    /// <summary>Where timm's VGG has other module names than torchvision's: it has the hidden layers as convolutions.</summary>
    private static readonly (string Torchvision, string Timm)[] _timm =
        [("classifier.0", "pre_logits.fc1"), ("classifier.3", "pre_logits.fc2"), ("classifier.6", "head.fc")];

    private readonly Dictionary<string, StoredTensor> _byName;

    public TensorNames(IReadOnlyList<StoredTensor> tensors)
    {
        var prefix = "";
        while (tensors.Count > 0 && _prefixes.FirstOrDefault(next => tensors.All(Has(prefix + next))) is { } found)
        {
            prefix += found;
        }

        _byName = tensors.ToDictionary(tensor => tensor.Key[prefix.Length..], StringComparer.Ordinal);

        static Func<StoredTensor, bool> Has(string start) =>
            tensor => tensor.Key.Length > start.Length && tensor.Key.StartsWith(start, StringComparison.Ordinal);
    }

    public int Count => _byName.Count;

    /// <summary>The tensor for a weight, and whether it has PyTorch's axis order; null if the file has none.</summary>
    public (StoredTensor Tensor, bool Torch)? Find(Layer layer, LayerWeight weight)
    {
        if (_byName.TryGetValue(weight.Key, out var own))
        {
            return (own, false);
        }

        var suffix = weight.Role switch
        {
            "kernel" or "gamma" or "alpha" => "weight",
            "bias" or "beta" => "bias",
            "moving_mean" => "running_mean",
            "moving_variance" => "running_var",
            _ => null,
        };
        if (suffix is null)
        {
            return null;
        }

        foreach (var owner in Owners(layer, weight))
        {
            if (_byName.TryGetValue($"{owner}.{suffix}", out var tensor))
            {
                return (tensor, true);
            }
        }

        return null;
    }

    private static IEnumerable<string> Owners(Layer layer, LayerWeight weight)
    {
        var slash = weight.Key.LastIndexOf('/');
        var owner = slash > 0 ? weight.Key[..slash] : layer.Name;
        return [owner, layer.Name, .. _timm.Where(pair => pair.Torchvision == owner).Select(pair => pair.Timm)];
    }
}
