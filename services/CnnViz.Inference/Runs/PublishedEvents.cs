using CnnViz.Engine.Maximization;
using Event = CnnViz.V1.MaximizationEvent;
using Started = CnnViz.V1.MaximizationStarted;

namespace CnnViz.Inference.Runs;

/// <summary>
/// What an interrupted run has already told. The replica that goes on from checkpoints computes some of it again; that is not told
/// twice, whatever order the groups' steps come in this time.
/// </summary>
internal sealed class PublishedEvents
{
    private readonly Dictionary<(int Filter, int Variant), int> _iterations = [];
    private readonly HashSet<(int Filter, int Variant, int Iteration)> _previews = [];
    private readonly HashSet<(int Filter, int Variant)> _results = [];
    private readonly HashSet<int> _silent = [];
    private double _fraction;

    /// <summary>The first event; null where there was none yet.</summary>
    public Started? Started { get; private set; }

    /// <summary>Sequence of the last event; 0 before the first.</summary>
    public ulong Last { get; private set; }

    /// <summary>Whether the run had come to its end.</summary>
    public bool Completed { get; private set; }

    /// <summary>Takes note of an event, in order.</summary>
    public void Add(Event told)
    {
        Last = told.Sequence;
        switch (told.EventCase)
        {
            case Event.EventOneofCase.Started:
                Started = told.Started;
                break;
            case Event.EventOneofCase.Progress:
                _fraction = told.Progress.Fraction;
                foreach (var filter in told.Progress.Filters)
                {
                    _iterations[(filter.Filter, filter.Variant)] = told.Progress.Iteration;
                }

                break;
            case Event.EventOneofCase.Preview:
                _previews.Add((told.Preview.Filter, told.Preview.Variant, told.Preview.Iteration));
                break;
            case Event.EventOneofCase.Result:
                _results.Add((told.Result.Filter, told.Result.Variant));
                if (told.Result.ZeroGradient)
                {
                    _silent.Add(told.Result.Filter);
                }

                break;
            case Event.EventOneofCase.Completed:
                Completed = true;
                break;
        }
    }

    /// <summary>Where the run goes on.</summary>
    /// <param name="groups">The last checkpoint of each group.</param>
    public RunResume Resume(IReadOnlyList<GroupCheckpoint> groups) => new(groups, _results, [.. _silent]);

    /// <summary>Whether a happening was told before; chunks belong to their result.</summary>
    public bool Contains(MaximizationEvent happened) => happened switch
    {
        MaximizationStarted => Started is not null,
        MaximizationProgress progress => progress.Filters.All(filter =>
            _iterations.GetValueOrDefault((filter.Filter, filter.Variant)) >= progress.Iteration),
        MaximizationPreview preview => _previews.Contains((preview.Filter, preview.Variant, preview.Iteration)),
        MaximizationResult result => _results.Contains((result.Filter, result.Variant)),
        _ => false,
    };

    /// <summary>Keeps the share that is done from falling behind what was told before.</summary>
    public MaximizationEvent Adjusted(MaximizationEvent happened) => happened is MaximizationProgress progress
        ? progress with { Fraction = Math.Max(progress.Fraction, _fraction) }
        : happened;
}
