namespace CnnViz.Imaging;

/// <summary>
/// What a decoder accepts. Every limit is checked from the headers, before memory for pixels is taken, so that refusing a
/// bomb costs no more than reading its header.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The defaults: 16 MiB, 40 million pixels, 16,384 pixels a side.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Largest encoded size in bytes. Default 16 MiB.</summary>
    public long MaxBytes { get; init; } = 16L << 20;

    /// <summary>Largest width * height. Default 40,000,000 (at 4 channels, 160 MB decoded); at most 536,870,897.</summary>
    public long MaxPixels { get; init; } = 40_000_000;

    /// <summary>Largest width and largest height, in pixels. Default 16,384; at most 16,777,216.</summary>
    public int MaxSide { get; init; } = 16_384;

    /// <summary>
    /// Most bytes that a PNG's pixel stream may inflate to, filter bytes included. Default 320 MiB, enough for any picture
    /// within the default <see cref="MaxPixels"/>; inflating streams row by row, so this bounds time, not memory.
    /// </summary>
    public long MaxInflatedBytes { get; init; } = 320L << 20;

    /// <summary>
    /// Most scans of a progressive JPEG. Default 64; encoders write about 10, and every scan costs a pass over all pixels.
    /// </summary>
    public int MaxScans { get; init; } = 64;

    /// <exception cref="ImageFormatException">The encoded size is over <see cref="MaxBytes"/>.</exception>
    internal void CheckBytes(long bytes)
    {
        if (bytes > MaxBytes)
            throw ImageFormatException.OverLimit("encoded size in bytes", bytes, MaxBytes);
    }

    /// <exception cref="ImageFormatException">A side or the pixel count is over its limit.</exception>
    internal void CheckSize(long width, long height)
    {
        // Beyond these, byte counts of a raster or a row would no longer fit into an array's length.
        var maxSide = Math.Min(MaxSide, 1 << 24);
        var maxPixels = Math.Min(MaxPixels, Array.MaxLength / 4);
        if (width > maxSide)
            throw ImageFormatException.OverLimit("width", width, maxSide);
        if (height > maxSide)
            throw ImageFormatException.OverLimit("height", height, maxSide);
        if (width * height > maxPixels)
            throw ImageFormatException.OverLimit("pixel count", width * height, maxPixels);
    }
}
