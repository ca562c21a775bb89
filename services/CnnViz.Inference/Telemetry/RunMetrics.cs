using System.Diagnostics.Metrics;
using CnnViz.V1;

namespace CnnViz.Inference.Telemetry;

/// <summary>How many runs there are and how they end, of the meter "CnnViz.Inference". Safe for concurrent use.</summary>
internal sealed class RunMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _takeovers;
    private readonly UpDownCounter<long> _watchers;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("CnnViz.Inference");
        _active = meter.CreateUpDownCounter<long>("cnnviz.runs.active", "{run}", "Runs that this process computes");
        _ended = meter.CreateCounter<long>("cnnviz.runs.ended", "{run}", "Runs that ended here, by how");
        _takeovers = meter.CreateCounter<long>("cnnviz.runs.takeovers", "{run}", "Runs of other replicas that this one went on with");
        _watchers = meter.CreateUpDownCounter<long>("cnnviz.watch.streams", "{stream}", "Watch calls under way");
    }

    public void Began() => _active.Add(1);

    public void Stopped() => _active.Add(-1);

    public void Ended(RunState state) =>
        _ended.Add(1, new KeyValuePair<string, object?>("cnnviz.run.state", RunSpans.StateName(state)));

    public void TakenOver() => _takeovers.Add(1);

    public void WatchBegan() => _watchers.Add(1);

    public void WatchEnded() => _watchers.Add(-1);
}
