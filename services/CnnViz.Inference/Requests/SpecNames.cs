using System.Globalization;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>The names of a spec's layers: the request's own, or the class and its number, counted from 1 as Keras does.</summary>
internal sealed class SpecNames(SequentialSpec spec)
{
    private const int MaxLength = 64;

    private readonly HashSet<string> _taken =
        new(spec.Layers.Select(layer => layer.Name).Append("input_1"), StringComparer.Ordinal);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal) { "input_1" };
    private readonly Dictionary<SpecLayer.KindOneofCase, int> _counts = [];

    /// <param name="index">The layer; each is asked for once, in order.</param>
    /// <param name="field">The layer's field, for errors.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a name that is malformed or taken.</exception>
    public string Of(int index, string field)
    {
        var layer = spec.Layers[index];
        if (layer.Name.Length == 0)
        {
            return Numbered(layer.KindCase);
        }

        // A number would read as a layer's index, and "/" parts a layer from its inside.
        if (layer.Name.Length > MaxLength || layer.Name.All(char.IsAsciiDigit) || !layer.Name.All(IsNameCharacter))
        {
            throw RpcErrors.InvalidArgument((
                $"{field}.name",
                $"must be at most {MaxLength} letters, digits, '_', '-' and '.', and no number, not {Fields.Quote(layer.Name)}"));
        }

        return _seen.Add(layer.Name)
            ? layer.Name
            : throw RpcErrors.InvalidArgument(($"{field}.name", $"{Fields.Quote(layer.Name)} is taken by an earlier layer"));
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private string Numbered(SpecLayer.KindOneofCase kind)
    {
        var stem = kind switch
        {
            SpecLayer.KindOneofCase.Conv2D => "conv2d",
            SpecLayer.KindOneofCase.DepthwiseConv2D => "depthwise_conv2d",
            SpecLayer.KindOneofCase.Conv2DTranspose => "conv2d_transpose",
            SpecLayer.KindOneofCase.MaxPooling2D => "max_pooling2d",
            SpecLayer.KindOneofCase.AveragePooling2D => "average_pooling2d",
            SpecLayer.KindOneofCase.GlobalMaxPooling2D => "global_max_pooling2d",
            SpecLayer.KindOneofCase.GlobalAveragePooling2D => "global_average_pooling2d",
            SpecLayer.KindOneofCase.BatchNormalization => "batch_normalization",
            SpecLayer.KindOneofCase.ZeroPadding2D => "zero_padding2d",
            SpecLayer.KindOneofCase.UpSampling2D => "up_sampling2d",
            _ => kind.ToString().ToLowerInvariant(),
        };
        string name;
        do
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}_{_counts[kind]}");
        }
        while (_taken.Contains(name));

        _seen.Add(name);
        return name;
    }
}
