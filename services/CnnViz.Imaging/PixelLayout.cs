namespace CnnViz.Imaging;

/// <summary>Where the channels of a float picture lie, row-major in either case.</summary>
public enum PixelLayout
{
    /// <summary>(height, width, channels): a pixel's channels side by side, as in rasters and Keras.</summary>
    ChannelsLast,

    /// <summary>(channels, height, width): one plane after the other, as in Torch and the engines.</summary>
    ChannelsFirst,
}
