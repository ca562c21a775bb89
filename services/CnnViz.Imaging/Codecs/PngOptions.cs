using System.IO.Compression;

namespace CnnViz.Imaging.Codecs;

/// <summary>How a PNG is written.</summary>
public sealed record PngOptions
{
    public static PngOptions Default { get; } = new();

    /// <summary>
    /// Fastest (the default) filters every row with Up, which SIMD does at memory speed; the other levels choose each row's
    /// filter by the smallest sum of absolute differences and take several times as long for a smaller file.
    /// </summary>
    public CompressionLevel Compression { get; init; } = CompressionLevel.Fastest;

    /// <summary>
    /// Text to store with the picture, keyword and value. A keyword has 1 to 79 printable Latin-1 characters ("Title",
    /// "Description", "Software", ...). Values outside Latin-1 are written as iTXt, others as tEXt. Default none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Text { get; init; } = [];
}
