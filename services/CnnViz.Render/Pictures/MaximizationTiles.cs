using CnnViz.Imaging;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>A run's images as tiles: as the recipe shows them, or by the normalization asked for.</summary>
internal static class MaximizationTiles
{
    /// <summary>A tile for each of the images that the run has.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">How it started.</param>
    /// <param name="wanted">The images in order.</param>
    /// <param name="crop">Pixels cut off each side.</param>
    /// <param name="style">The look.</param>
    public static IReadOnlyDictionary<RunImage, Raster> Draw(
        MaximizationCollector run, MaximizationStarted started, IReadOnlyList<RunImage> wanted, int crop, TileStyle style)
    {
        var present = wanted.Where(image => run.Image(image) is not null).ToList();
        var images = present.Select(image => Colors(run.Image(image)!, crop)).ToList();
        var deprocess = style.Normalization == Normalization.KerasDeprocess
            || (style.Normalization == Normalization.Unspecified && started.Recipe == "keras");
        if (style.Normalization != Normalization.Unspecified && !deprocess)
        {
            Normalize(images, style);
        }

        var low = style.Normalization == Normalization.Unspecified ? -1 : 0;
        return present.Zip(images).ToDictionary(
            pair => pair.First,
            pair => Colored(deprocess ? Deprocessed(pair.Second) : pair.Second.Inner().ToPicture(low), style));
    }

    private static Raster Deprocessed(Image image) => KerasDeprocess.ToPicture(
        image.Values, image.Width, image.Height, image.Channels, PixelLayout.ChannelsFirst, new KerasDeprocessOptions { Crop = image.Crop }).Raster;

    /// <summary>All images by one rule; an image's channels share a range, else its colours would be lost.</summary>
    private static void Normalize(List<Image> images, TileStyle style)
    {
        for (var i = 0; i < images.Count; i++)
        {
            images[i] = images[i].Inner();
        }

        if (images.Count == 0)
        {
            return;
        }

        var length = images[0].Values.Length;
        var values = images.SelectMany(image => image.Values).ToArray();
        Normalizer.Normalize(values, length, style.Ranges(NormalizationMode.MinMaxPerTile), values);
        for (var i = 0; i < images.Count; i++)
        {
            images[i] = images[i] with { Values = values[(i * length)..((i + 1) * length)] };
        }
    }

    private static Raster Colored(Raster tile, TileStyle style)
    {
        if (tile.Channels != 1 || style.ColorMap == V1.ColorMap.Unspecified)
        {
            return tile;
        }

        var colored = new Raster(tile.Width, tile.Height, 3);
        style.Colors(ColorMap.Grey).Apply([.. tile.Pixels.Select(value => value / 255f)], colored.Pixels);
        return colored;
    }

    /// <summary>Of four channels the first three are colours; the last is the network's constant.</summary>
    private static Image Colors(ReceivedTensor tensor, int crop)
    {
        var (channels, height, width) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]);
        var shown = channels >= 3 ? 3 : 1;
        var values = shown == channels ? tensor.Values : tensor.Values[..(shown * height * width)];
        return new Image(values, shown, height, width, crop);
    }

    /// <summary>An image's values, channel by channel, and what is still to be cut off each side.</summary>
    private sealed record Image(float[] Values, int Channels, int Height, int Width, int Crop)
    {
        public Image Inner()
        {
            if (Crop == 0)
            {
                return this;
            }

            var (innerHeight, innerWidth) = (Height - 2 * Crop, Width - 2 * Crop);
            var inner = new float[Channels * innerHeight * innerWidth];
            for (var row = 0; row < Channels * innerHeight; row++)
            {
                var (channel, y) = (row / innerHeight, row % innerHeight + Crop);
                Values.AsSpan((channel * Height + y) * Width + Crop, innerWidth).CopyTo(inner.AsSpan(row * innerWidth));
            }

            return new Image(inner, Channels, innerHeight, innerWidth, 0);
        }

        public Raster ToPicture(double low) =>
            UnitRange.ToPicture(Values, Width, Height, Channels, PixelLayout.ChannelsFirst, low).Raster;
    }
}
