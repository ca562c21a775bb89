namespace CnnViz.Imaging.Codecs;

/// <summary>Writes WebP by libwebp, which is loaded at first use. Alpha is blended over white first.</summary>
public static class WebPEncoder
{
    /// <summary>The format's largest width and height in pixels.</summary>
    public const int MaxSide = 16_383;

    /// <summary>Whether libwebp is installed; without it <see cref="Encode"/> fails with reason EncoderMissing.</summary>
    public static bool IsAvailable => LibWebP.IsAvailable;

    /// <summary>The encoded file.</summary>
    /// <param name="raster">At most <see cref="MaxSide"/> pixels a side.</param>
    /// <param name="quality">1 to 100; null (the default) keeps every pixel as it is.</param>
    /// <exception cref="ArgumentException">Size or quality is out of range.</exception>
    /// <exception cref="ImageFormatException">libwebp is not installed.</exception>
    public static byte[] Encode(Raster raster, int? quality = null)
    {
        ArgumentNullException.ThrowIfNull(raster);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(raster.Width, raster.Height), MaxSide, nameof(raster));
        ArgumentOutOfRangeException.ThrowIfLessThan(quality ?? 1, 1, nameof(quality));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality ?? 1, 100, nameof(quality));
        return LibWebP.Instance.Encode(raster.ToRgb(), quality);
    }
}
