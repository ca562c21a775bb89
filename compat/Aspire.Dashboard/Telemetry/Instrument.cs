namespace Aspire.Dashboard.Telemetry;

/// <summary>What an instrument is.</summary>
/// <param name="Meter">The meter it belongs to.</param>
/// <param name="Name">Its name within the meter.</param>
/// <param name="Unit">UCUM, such as "s" or "By".</param>
/// <param name="Description">For people.</param>
/// <param name="Kind">What its values mean.</param>
internal sealed record InstrumentInfo(string Meter, string Name, string Unit, string Description, InstrumentKind Kind);

/// <summary>A report of an instrument: one point for one set of attributes.</summary>
internal sealed record MetricReport(
    TelemetryResource Resource, InstrumentInfo Instrument, IReadOnlyList<TelemetryAttribute> Attributes, MetricPoint Point,
    bool IsDelta);

/// <summary>An instrument of one resource and its points. Guarded by the store.</summary>
internal sealed class Instrument(InstrumentInfo info)
{
    private readonly Dictionary<string, Dimension> _dimensions = [];

    public InstrumentInfo Info { get; } = info;

    public IReadOnlyCollection<Dimension> Dimensions => _dimensions.Values;

    /// <summary>The points of a set of attributes; null when there are too many sets.</summary>
    public Dimension? GetOrAdd(IReadOnlyList<TelemetryAttribute> attributes, TelemetryLimits limits)
    {
        var key = string.Join(
            '\u001f', attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}\u001e{a.Value}"));
        if (_dimensions.TryGetValue(key, out var known))
            return known;
        if (_dimensions.Count >= limits.MaxDimensionCount)
            return null;
        return _dimensions[key] = new Dimension(attributes, limits.MaxMetricsCount);
    }
}
