namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Writes JPEG (baseline, 8 bits, Huffman coded; colour not subsampled) by libjpeg-turbo, which is loaded at first use. Alpha is
/// blended over white first.
/// </summary>
public static class JpegEncoder
{
    /// <summary>The format's largest width and height in pixels.</summary>
    public const int MaxSide = 65_500;

    /// <summary>The quality where none is given.</summary>
    public const int DefaultQuality = 90;

    /// <summary>Whether libturbojpeg is installed; without it <see cref="Encode"/> fails with reason EncoderMissing.</summary>
    public static bool IsAvailable => TurboJpegCompressor.IsAvailable;

    /// <summary>The encoded file.</summary>
    /// <param name="raster">At most <see cref="MaxSide"/> pixels a side.</param>
    /// <param name="quality">1 to 100. Default 90.</param>
    /// <exception cref="ArgumentException">Size or quality is out of range.</exception>
    /// <exception cref="ImageFormatException">libturbojpeg is not installed.</exception>
    public static byte[] Encode(Raster raster, int quality = DefaultQuality)
    {
        ArgumentNullException.ThrowIfNull(raster);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(raster.Width, raster.Height), MaxSide, nameof(raster));
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return TurboJpegCompressor.Instance.Encode(raster.Channels == 4 ? raster.ToRgb() : raster, quality);
    }
}
