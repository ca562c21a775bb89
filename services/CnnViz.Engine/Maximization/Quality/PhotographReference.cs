using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The 99.9th percentile of each channel's activation at single cells of a feature map, over <see cref="Photographs"/> and their
/// mirror images resized bilinearly to the network's input; cells at the border that the objective leaves out are left out here
/// too. The percentile is interpolated linearly between the two nearest values, as numpy does.
/// </summary>
public static class PhotographReference
{
    /// <summary>Which percentile, as a share.</summary>
    public const double Share = 0.999;

    /// <summary>Runs the photographs through the network.</summary>
    /// <param name="model">Compiled for the layer.</param>
    /// <param name="mapping">From ascent space of one or three channels to the network's input.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="border">Cells left out on each side where the map is large enough.</param>
    /// <param name="cancellation">Looked at before each pass.</param>
    /// <returns>One number per channel.</returns>
    public static float[] Compute(
        ICompiledModel model, InputMapping mapping, string layer, int border, CancellationToken cancellation)
    {
        var shape = model.TargetShapes[layer];
        var cells = new InnerCells(shape, border);
        var images = Images(new TensorShape(Photographs.Shape.Channels, model.InputShape.Height, model.InputShape.Width));
        var largest = Enumerable.Range(0, shape.Channels)
            .Select(_ => new LargestValues((long)images.Count * cells.Count, Share))
            .ToArray();

        var length = (int)model.InputShape.ElementCount;
        var batch = Math.Clamp(model.PreferredBatch, 1, images.Count);
        var input = new float[batch * length];
        var activation = new float[batch * (int)shape.ElementCount];
        for (var first = 0; first < images.Count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var samples = Math.Min(batch, images.Count - first);
            for (var i = 0; i < samples; i++)
            {
                mapping.Forward(Colours(images[first + i], mapping.Channels), input.AsSpan(i * length, length));
            }

            using var pass = model.Forward(input.AsSpan(0, samples * length), samples, withGradient: false);
            pass.CopyActivation(layer, activation.AsSpan(0, samples * (int)shape.ElementCount));
            for (var i = 0; i < samples * shape.Channels; i++)
            {
                var (sample, channel) = Math.DivRem(i, shape.Channels);
                cells.AddTo(activation.AsSpan(sample * (int)shape.ElementCount), channel, largest[channel]);
            }
        }

        return [.. largest.Select(values => (float)values.Finish())];
    }

    /// <summary>The photographs and their mirror images at a size.</summary>
    private static List<float[]> Images(TensorShape network)
    {
        var photographs = Photographs.Read();
        var length = (int)Photographs.Shape.ElementCount;
        var resize = new ResizeTransform(Photographs.Shape, network);
        var images = new List<float[]>();
        for (var i = 0; i < Photographs.Count; i++)
        {
            var image = new float[network.ElementCount];
            resize.Forward(photographs.AsSpan(i * length, length), image);
            var mirrored = (float[])image.Clone();
            for (var row = 0; row < mirrored.Length; row += network.Width)
            {
                mirrored.AsSpan(row, network.Width).Reverse();
            }

            images.Add(image);
            images.Add(mirrored);
        }

        return images;
    }

    /// <summary>Grey is ITU-R BT.601's luma.</summary>
    private static float[] Colours(float[] image, int channels)
    {
        if (channels == 3)
        {
            return image;
        }

        var plane = image.Length / 3;
        return [.. Enumerable.Range(0, plane).Select(i =>
            (0.299f * image[i]) + (0.587f * image[i + plane]) + (0.114f * image[i + (2 * plane)]))];
    }
}
