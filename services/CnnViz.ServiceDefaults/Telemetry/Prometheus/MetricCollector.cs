using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>
/// Gathers what this host's instruments measure: its own (<see cref="Meter.Scope"/> is the host's meter factory) and those of the
/// runtime, which belong to nobody. Safe for concurrent use.
/// </summary>
public sealed class MetricCollector : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;
    private readonly Lock _collecting = new();

    /// <param name="meters">The host's.</param>
    public MetricCollector(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Begin;
        _listener.MeasurementsCompleted = (instrument, state) => _families.TryRemove(new(instrument, (MetricFamily)state!));
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Take(state, (double)value, tags));
        _listener.Start();
    }

    /// <summary>All there is now, in Prometheus' text format.</summary>
    public string Text()
    {
        lock (_collecting)
        {
            _listener.RecordObservableInstruments();
            return PrometheusWriter.Write(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Begin(Instrument instrument, MeterListener listener)
    {
        var ours = instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _meters);
        if (ours && TelemetrySources.IsCollected(instrument.Meter.Name) && MetricFamily.Of(instrument) is { } family)
        {
            _families[instrument] = family;
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private static void Take(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);
}
