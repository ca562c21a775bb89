namespace CnnViz.Imaging.Normalization;

/// <summary>The numbers of <see cref="KerasDeprocess"/>; the defaults are those of the Keras example.</summary>
public sealed record KerasDeprocessOptions
{
    public static KerasDeprocessOptions Default { get; } = new();

    /// <summary>Standard deviation of the result, where 1 is the whole way from black to white. Default 0.15.</summary>
    public double Contrast { get; init; } = 0.15;

    /// <summary>Added to the standard deviation before dividing by it. Default 1e-5.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>
    /// Pixels cut off each side, 0 for none: the border is seen by few receptive fields and stays noise. Default 25.
    /// </summary>
    public int Crop { get; init; } = 25;
}

/// <summary>
/// The picture of an optimised input, by the Keras example "Visualizing what convnets learn": over the WHOLE picture and all
/// channels x -= mean, x /= (std + epsilon), x *= contrast; then crop, + 0.5, clip to 0..1, * 255, truncated to a byte.
/// </summary>
public static class KerasDeprocess
{
    /// <summary>
    /// Makes the picture: (width - 2 * crop) x (height - 2 * crop). Mean and deviation are those of the finite values, in 64
    /// bits.
    /// </summary>
    /// <param name="values">width * height * channels values of any scale.</param>
    /// <param name="width">Pixels per row before the crop.</param>
    /// <param name="height">Rows before the crop.</param>
    /// <param name="channels">1 (grey) or 3 (RGB order).</param>
    /// <param name="layout">Where the channels lie.</param>
    /// <param name="options">Default <see cref="KerasDeprocessOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">A size, the number of values or the crop does not fit.</exception>
    public static Picture ToPicture(
        ReadOnlySpan<float> values, int width, int height, int channels, PixelLayout layout, KerasDeprocessOptions? options = null)
    {
        options ??= KerasDeprocessOptions.Default;
        var (mean, deviation) = Moments(values);
        var scale = deviation + options.Epsilon;
        var contrast = options.Contrast;
        return FloatPicture.Make(
            values, width, height, channels, layout, options.Crop,
            value => (byte)(Math.Clamp((value - mean) / scale * contrast + 0.5, 0, 1) * 255));
    }

    /// <summary>The values that become 0 and 1.</summary>
    internal static ValueRange Range(ReadOnlySpan<float> values, KerasDeprocessOptions options)
    {
        var (mean, deviation) = Moments(values);
        var reach = 0.5 / options.Contrast * (deviation + options.Epsilon);
        return new ValueRange((float)(mean - reach), (float)(mean + reach));
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> values)
    {
        double sum = 0;
        long count = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                continue;
            sum += value;
            count++;
        }

        if (count == 0)
            return (0, 0);
        var mean = sum / count;
        double squares = 0;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
                squares += (value - mean) * (value - mean);
        }

        return (mean, Math.Sqrt(squares / count));
    }
}
