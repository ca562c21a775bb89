using System.Diagnostics;
using System.Diagnostics.Metrics;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Telemetry;

/// <summary>What lanes and maximizations measure, of the meter "CnnViz.Engine". Safe for concurrent use.</summary>
public sealed class EngineMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CnnViz.Engine";

    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _steps;
    private readonly Counter<double> _flops;

    /// <param name="meters">The host's.</param>
    public EngineMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _wait = _meter.CreateHistogram(
            "cnnviz.queue.wait",
            "s",
            "Time that a unit of work waited for a lane",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            });
        _steps = _meter.CreateCounter<long>("cnnviz.steps", "{step}", "Ascent steps computed, one for each picture and step");
        _flops = _meter.CreateCounter<double>(
            "cnnviz.flops", "{operation}", "Floating-point operations that the steps computed stand for: two per multiply-add of the whole network, there and back");
    }

    /// <summary>Whether anyone counts operations, which must be found out for each run.</summary>
    internal bool CountsFlops => _flops.Enabled;

    /// <summary>Shows a scheduler's state.</summary>
    internal void Observe(LaneScheduler scheduler)
    {
        _meter.CreateObservableGauge(
            "cnnviz.queue.depth", () => scheduler.WaitingUnits, "{unit}", "Units of work that wait for a lane");
        _meter.CreateObservableGauge("cnnviz.lanes.running", () => scheduler.RunningLanes, "{lane}", "Lanes at work");
        _meter.CreateObservableGauge("cnnviz.lanes.limit", () => scheduler.Lanes, "{lane}", "Lanes there are");
        _meter.CreateObservableGauge(
            "cnnviz.tickets.active", () => scheduler.ActiveTickets, "{ticket}", "Runs and requests that have a place");
        _meter.CreateObservableGauge(
            "cnnviz.tickets.limit", () => scheduler.TicketLimit, "{ticket}", "Most runs and requests that may have one");
    }

    /// <summary>Shows the size of an engine's compiled models.</summary>
    /// <returns>The engine.</returns>
    public OneDnnEngine Observe(OneDnnEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _meter.CreateObservableGauge(
            "cnnviz.weights.compiled",
            () => new Measurement<long>(engine.PackedWeightBytes, new KeyValuePair<string, object?>("cnnviz.engine", engine.Name)),
            "By",
            "Weights in the form that compiled models compute with, once for all models that share them");
        return engine;
    }

    internal void Waited(TimeSpan time) => _wait.Record(time.TotalSeconds);

    /// <summary>A step of some pictures was taken.</summary>
    /// <param name="pictures">How many.</param>
    /// <param name="operations">Nominal floating-point operations of one picture's step; 0 where nobody counts them.</param>
    /// <param name="tags">Engine and precision.</param>
    internal void Stepped(int pictures, double operations, in TagList tags)
    {
        _steps.Add(pictures, tags);
        if (operations > 0)
        {
            _flops.Add(pictures * operations, tags);
        }
    }
}
