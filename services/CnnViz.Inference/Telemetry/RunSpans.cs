using System.Diagnostics;
using CnnViz.Inference.Runs;
using CnnViz.V1;

namespace CnnViz.Inference.Telemetry;

/// <summary>Spans of runs, of the source "CnnViz.Inference".</summary>
internal static class RunSpans
{
    private const string Name = "run";

    private static readonly ActivitySource _source = new("CnnViz.Inference");

    /// <summary>Begins the span of a run within its caller's call; null while nobody listens.</summary>
    public static Activity? StartAttached(string runId, RunPlan plan) => Describe(_source.StartActivity(Name), runId, plan);

    /// <summary>
    /// Begins the span of a run that goes on without its caller: a trace of its own, linked to what it came from. It is not yet the
    /// current one.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="plan">What is computed.</param>
    /// <param name="origin">The Start call, or the run that it goes on with.</param>
    public static Activity? StartDetached(string runId, RunPlan plan, ActivityContext origin)
    {
        var caller = Activity.Current;
        Activity.Current = null;
        try
        {
            ActivityLink[]? links = origin == default ? null : [new ActivityLink(origin)];
            return Describe(
                _source.StartActivity(Name, ActivityKind.Internal, default(ActivityContext), links: links), runId, plan);
        }
        finally
        {
            Activity.Current = caller;
        }
    }

    /// <summary>The span that a run's other replica told of; nothing for a text that is none.</summary>
    public static ActivityContext Parse(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;

    /// <summary>Notes how a run ended.</summary>
    public static void Ended(Activity? span, RunEnd end)
    {
        span?.SetTag("cnnviz.run.state", StateName(end.State));
        if (span is not null && end.State == RunState.Failed)
        {
            span.SetTag("error.type", end.Code.ToString());
            span.SetStatus(ActivityStatusCode.Error, end.Message);
        }
    }

    /// <summary>A state as attributes have it.</summary>
    public static string StateName(RunState state) => state switch
    {
        RunState.Succeeded => "succeeded",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => "running",
    };

    private static Activity? Describe(Activity? span, string runId, RunPlan plan)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("cnnviz.run.id", runId);
            span.SetTag("cnnviz.model", plan.Graph.Name);
            span.SetTag("cnnviz.layer", plan.Options.Layer);
            span.SetTag("cnnviz.engine", plan.Engine.Name);
            span.SetTag("cnnviz.filters", plan.Options.Filters.Count);
            span.SetTag("cnnviz.steps", plan.Options.Steps);
        }

        return span;
    }
}
