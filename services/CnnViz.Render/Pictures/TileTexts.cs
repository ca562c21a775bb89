using System.Globalization;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>What is written below tiles.</summary>
internal static class TileTexts
{
    /// <summary>One text per tile; null for none.</summary>
    /// <param name="style">Which labels are wanted.</param>
    /// <param name="model">Whose classes they may be.</param>
    /// <param name="layer">The layer's name, for the refusal.</param>
    /// <param name="numbers">Filter or channel of each tile.</param>
    /// <param name="channels">Filters or channels that the layer has.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for class names where there are none.</exception>
    public static IReadOnlyList<string>? Of(
        TileStyle style, ModelInfoResponse model, string layer, IReadOnlyList<int> numbers, int channels)
    {
        if (style.Labels == TileLabels.Classes && (model.Labels.Count == 0 || channels < model.Labels.Count))
        {
            throw RpcErrors.InvalidArgument(("style.labels", model.Labels.Count == 0
                ? $"model '{model.Name}' has no class names"
                : $"'{layer}' has {channels} channels, fewer than the model's {model.Labels.Count} classes"));
        }

        return style.Labels switch
        {
            TileLabels.Numbers => [.. numbers.Select(Number)],
            TileLabels.Classes => [.. numbers.Select(number => Name(model, number))],
            _ => null,
        };
    }

    /// <summary>The class's name, or the number of a channel that is no class.</summary>
    public static string Name(ModelInfoResponse model, int number) =>
        number < model.Labels.Count ? model.Labels[number] : Number(number);

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
