using CnnViz.Models;

namespace CnnViz.Inference.Responses;

/// <summary>Axis letters of weight tensors, as TensorHeader.layout documents them.</summary>
internal static class WeightLayouts
{
    public static string Letters(LayerWeight weight) => weight.Layout switch
    {
        WeightLayout.Hwio => "HWIO",
        WeightLayout.Oihw => "OIHW",
        WeightLayout.Hwim => "HWIM",
        WeightLayout.OutIn => "OI",
        WeightLayout.Iohw => "IOHW",
        WeightLayout.Hwoi => "HWOI",
        _ when weight.Role == "kernel" && weight.Shape.Count == 2 => "IO",
        _ => weight.Shape.Count == 1 ? "N" : new string('D', weight.Shape.Count),
    };

    /// <summary>Groups of the convolution whose kernel a weight is; 0 for other weights.</summary>
    public static int Groups(ListedLayer layer, LayerWeight weight) => weight.Role != "kernel"
        ? 0
        : layer.All.FirstOrDefault(part => part.Weights.Contains(weight))?.Op switch
        {
            Conv2DOp convolution => convolution.Groups,
            ConvTranspose2DOp transposed => transposed.Groups,
            _ => 0,
        };
}
