using CnnViz.V1;

namespace CnnViz.Cli.Output;

/// <summary>Turns a run's events into progress with an estimate of the time left.</summary>
/// <param name="progress">Where progress goes.</param>
/// <param name="time">The clock.</param>
internal sealed class RunTracker(IProgress<RunProgress> progress, TimeProvider time)
{
    // The first iterations are slower than the rest (buffers and code are new); an estimate from them alone misleads.
    private const double LeastFraction = 0.02;

    private readonly List<MaximizationResult> _results = [];
    private long _begin = time.GetTimestamp();

    /// <summary>The run's settings, once it has started.</summary>
    public MaximizationStarted? Started { get; private set; }

    /// <summary>The images that are finished, in their order.</summary>
    public IReadOnlyList<MaximizationResult> Results => _results;

    /// <summary>How the run ended, once it has.</summary>
    public MaximizationCompleted? Completed { get; private set; }

    /// <summary>Takes the next event.</summary>
    public void Take(MaximizationEvent happened)
    {
        switch (happened.EventCase)
        {
            case MaximizationEvent.EventOneofCase.Started:
                Started = happened.Started;
                _begin = time.GetTimestamp(); // Time in a queue says nothing about the time an iteration takes.
                break;
            case MaximizationEvent.EventOneofCase.Progress:
                progress.Report(Describe(happened.Progress));
                break;
            case MaximizationEvent.EventOneofCase.Result:
                _results.Add(happened.Result);
                break;
            case MaximizationEvent.EventOneofCase.Completed:
                Completed = happened.Completed;
                break;
        }
    }

    private RunProgress Describe(MaximizationProgress now)
    {
        var objective = now.Filters.Count == 0 ? 0 : now.Filters.Average(filter => filter.Objective);
        var remaining = now.Fraction is >= LeastFraction and <= 1
            ? time.GetElapsedTime(_begin) * ((1 - now.Fraction) / now.Fraction)
            : (TimeSpan?)null;
        return new RunProgress(now.Fraction, Range(now), now.Iteration, now.Steps, objective, remaining);
    }

    private static string Range(MaximizationProgress now)
    {
        if (now.Filters.Count == 0)
            return "";
        var first = now.Filters.Min(filter => filter.Filter); // They come in the request's order, which may be any.
        var last = now.Filters.Max(filter => filter.Filter);
        var gaps = now.Filters.Count != last - first + 1;
        return first == last ? $"{first}" : $"{first}{(gaps ? "…" : "-")}{last}";
    }
}
