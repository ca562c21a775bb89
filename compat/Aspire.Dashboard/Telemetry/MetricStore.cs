namespace Aspire.Dashboard.Telemetry;

/// <summary>The points of an instrument for one set of attributes, in order of time.</summary>
internal sealed record DimensionPoints(IReadOnlyList<TelemetryAttribute> Attributes, IReadOnlyList<MetricPoint> Points);

/// <summary>The instruments of all resources and their newest points.</summary>
internal sealed class MetricStore(TelemetryLimits limits, ChangeSignal changes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string,
        (TelemetryResource Resource, Dictionary<(string Meter, string Name), Instrument> Instruments)> _resources = [];
    private long _bytes;
    private long _version;

    /// <summary>Number of points that have come.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    /// <returns>How many were not kept.</returns>
    public int Add(IReadOnlyList<MetricReport> reports)
    {
        if (reports.Count == 0)
            return 0;
        var rejected = 0;
        lock (_lock)
        {
            foreach (var report in reports)
            {
                if (InstrumentOf(report)?.GetOrAdd(report.Attributes, limits) is not { } dimension)
                {
                    rejected++;
                    continue;
                }

                var before = dimension.Size;
                dimension.Add(report.Point, report.IsDelta);
                _bytes += dimension.Size - before;
                _version++;
                if (_bytes > limits.MaxBytes)
                    Shorten();
            }
        }

        changes.Raise();
        return rejected;
    }

    /// <summary>All instruments, by resource.</summary>
    public IReadOnlyList<(TelemetryResource Resource, IReadOnlyList<(InstrumentInfo Info, int Dimensions)> Instruments)> List()
    {
        lock (_lock)
        {
            return [.. _resources.Values.Select(r => (
                r.Resource,
                (IReadOnlyList<(InstrumentInfo, int)>)[.. r.Instruments.Values.Select(i => (i.Info, i.Dimensions.Count))]))];
        }
    }

    /// <summary>An instrument's points since a time, ns since 1970; null when it is not here.</summary>
    public (InstrumentInfo Info, IReadOnlyList<DimensionPoints> Dimensions)? Find(
        string resource, string meter, string name, long since)
    {
        lock (_lock)
        {
            if (!_resources.TryGetValue(resource, out var found)
                || !found.Instruments.TryGetValue((meter, name), out var instrument))
                return null;
            return (instrument.Info, [.. instrument.Dimensions.Select(d => new DimensionPoints(d.Attributes, d.Since(since)))]);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _resources.Clear();
            _bytes = 0;
            _version++;
        }

        changes.Raise();
    }

    private Instrument? InstrumentOf(MetricReport report)
    {
        if (!_resources.TryGetValue(report.Resource.Key, out var resource))
        {
            if (_resources.Count >= limits.MaxResourceCount)
                return null;
            _resources[report.Resource.Key] = resource = (report.Resource, []);
        }

        var key = (report.Instrument.Meter, report.Instrument.Name);
        if (resource.Instruments.TryGetValue(key, out var known))
            return known.Info.Kind == report.Instrument.Kind ? known : null;
        if (resource.Instruments.Count >= limits.MaxInstrumentCount)
            return null;
        return resource.Instruments[key] = new Instrument(report.Instrument);
    }

    /// <summary>Memory is full: those that hold the most give up their oldest, until an eighth is free.</summary>
    private void Shorten()
    {
        Dimension[] largest = [.. _resources.Values.SelectMany(r => r.Instruments.Values).SelectMany(i => i.Dimensions)
            .OrderByDescending(d => d.Size)];
        while (_bytes > limits.MaxBytes / 8 * 7)
        {
            var before = _bytes;
            foreach (var dimension in largest)
            {
                var size = dimension.Size;
                dimension.Shorten();
                _bytes -= size - dimension.Size;
                if (_bytes <= limits.MaxBytes / 8 * 7)
                    return;
            }

            if (_bytes == before)
                return;
        }
    }
}
