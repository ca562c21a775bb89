using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>Whether a layer sees the picture's own colours.</summary>
internal static class InputColors
{
    /// <summary>
    /// True when nothing but padding lies between the picture and the layer, and the input channels are colours.
    /// </summary>
    public static bool Seen(ModelInfoResponse model, LayerInfo layer)
    {
        if (model.Input.Order is not (ChannelOrder.Rgb or ChannelOrder.Bgr))
        {
            return false;
        }

        var byName = model.Layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        var at = layer;
        do
        {
            if (at.Inputs.Count != 1)
            {
                return false;
            }

            at = byName[at.Inputs[0]];
        }
        while (at.ClassName is "ZeroPadding2D" or "Pad2D");

        return at.ClassName == "InputLayer";
    }
}
