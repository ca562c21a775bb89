namespace CnnViz.Imaging.Normalization;

/// <summary>Which range of values becomes 0..1.</summary>
public enum NormalizationMode
{
    /// <summary>Smallest to largest value over all tiles: tiles stay comparable. The usual view of filters.</summary>
    MinMax,

    /// <summary>
    /// Smallest to largest value of each tile: every tile shows its own structure. The usual view of feature maps.
    /// </summary>
    MinMaxPerTile,

    /// <summary>-m to m over all tiles, m the largest magnitude: zero becomes 0.5. For signed weights and gradients.</summary>
    Symmetric,

    /// <summary>-m to m of each tile, m its largest magnitude: zero becomes 0.5.</summary>
    SymmetricPerTile,

    /// <summary>A low to a high percentile over all tiles, values beyond clipped: outliers do not darken the rest.</summary>
    Percentile,

    /// <summary>A low to a high percentile of each tile, values beyond clipped.</summary>
    PercentilePerTile,

    /// <summary>
    /// Each tile's mean becomes 0.5 and its standard deviation 0.15, values beyond 0..1 are clipped: the numbers of
    /// <see cref="KerasDeprocessOptions"/>.
    /// </summary>
    StandardizePerTile,
}

/// <summary>How values are mapped to 0..1.</summary>
public sealed record NormalizationOptions
{
    /// <summary>Default <see cref="NormalizationMode.MinMax"/>.</summary>
    public NormalizationMode Mode { get; init; } = NormalizationMode.MinMax;

    /// <summary>Percentile, 0..100, that becomes 0 in the percentile modes. Default 1.</summary>
    public double LowPercentile { get; init; } = 1;

    /// <summary>
    /// Percentile, 0..100 and above <see cref="LowPercentile"/>, that becomes 1 in the percentile modes. Default 99.
    /// </summary>
    public double HighPercentile { get; init; } = 99;
}

/// <summary>The values that became 0 and 1.</summary>
public readonly record struct ValueRange(float Low, float High);

/// <summary>What normalising found.</summary>
/// <param name="Ranges">One range per tile in the per-tile modes, else one for all. A tile without a finite value has (0,
/// 0).</param>
/// <param name="NonFinite">How many values were NaN or infinite.</param>
public sealed record NormalizationResult(IReadOnlyList<ValueRange> Ranges, long NonFinite);
