namespace CnnViz.Models.Onnx;

/// <summary>Makes the picture input from a graph input's declaration and the caller's options.</summary>
internal sealed class OnnxInputs(ModelReadOptions options)
{
    /// <summary>
    /// (batch, channels, height, width) or (batch, height, width, channels); less usual ranks are given a form that means the
    /// same: three axes are one unbatched (C, H, W), two are (batch, features) and one is (features), as 1x1 feature maps.
    /// </summary>
    /// <returns>The input, its declared batch (1 if open), and ONNX' view of it.</returns>
    public (InputSpec Spec, int Batch, int[] View) Describe(OnnxInput input)
    {
        if (input.Name.Length is 0 or > ModelLimits.MaxNameLength)
        {
            throw new ModelFormatException(
                $"an input's name has {input.Name.Length} characters, outside 1..{ModelLimits.MaxNameLength}");
        }

        if (input.DataType is not (OnnxDataType.Float or OnnxDataType.Float16) || input.Dims is not { Count: >= 1 and <= 4 } dims)
        {
            throw new UnsupportedNodeException("it is no picture input: only floating-point tensors of rank 1 to 4 are");
        }

        var picture = new PictureInput(options, channelsLastByDefault: false);
        var batch = dims.Count is 2 or 4 ? Math.Max(dims[0], 1) : 1;
        if (dims.Count == 4)
        {
            var spec = picture.Describe(input.Name, dims);
            return (spec, batch, spec.ChannelsLast ? OnnxData.Nhwc : OnnxData.Nchw);
        }

        int[] sample = dims.Count == 3 ? [.. dims] : [dims[^1], 1, 1];
        int[] view = dims.Count switch { 3 => [0, 1, 2], 2 => [OnnxData.Batch, 0], _ => [0] };
        return (picture.Describe(input.Name, [1, .. sample]) with { ChannelsLast = false }, batch, view);
    }
}
