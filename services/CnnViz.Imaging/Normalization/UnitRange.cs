namespace CnnViz.Imaging.Normalization;

/// <summary>
/// The picture of values that already have a fixed range, such as -1..1 (network inputs) or 0..1 (after a sigmoid).
/// </summary>
public static class UnitRange
{
    /// <summary>
    /// Makes the picture: (v - low) / (high - low), clipped to 0..1, * 255, rounded to the nearest byte (halves up).
    /// </summary>
    /// <param name="values">width * height * channels values.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 (grey) or 3 (RGB order).</param>
    /// <param name="layout">Where the channels lie.</param>
    /// <param name="low">The value that becomes 0. Default -1.</param>
    /// <param name="high">The value that becomes 255, above <paramref name="low"/>. Default 1.</param>
    /// <exception cref="ArgumentException">A size or the number of values does not fit, or the range is empty or not
    /// finite.</exception>
    public static Picture ToPicture(
        ReadOnlySpan<float> values, int width, int height, int channels, PixelLayout layout, double low = -1, double high = 1)
    {
        if (!(double.IsFinite(low) && double.IsFinite(high) && low < high))
            throw new ArgumentException($"The range {low}..{high} is empty or not finite.", nameof(high));
        var scale = 255 / (high - low);
        return FloatPicture.Make(
            values, width, height, channels, layout, crop: 0,
            value => (byte)(Math.Clamp((value - low) * scale, 0, 255) + 0.5));
    }
}
