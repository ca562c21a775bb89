using System.Diagnostics;
using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Telemetry;

/// <summary>What one run tells of itself.</summary>
/// <param name="metrics">Where its steps are counted; null = nowhere.</param>
/// <param name="graph">The network.</param>
/// <param name="options">What is computed.</param>
/// <param name="lanes">What computes.</param>
internal sealed class RunTelemetry(EngineMetrics? metrics, ModelGraph graph, MaximizationOptions options, RunLanes lanes)
{
    private TagList _tags;
    private double _operations;

    /// <summary>The model is compiled, and with it is known what a step costs.</summary>
    /// <param name="model">The run's.</param>
    /// <param name="views">Passes of a picture in one step.</param>
    public void Began(ICompiledModel model, int views)
    {
        _tags = [new("cnnviz.engine", lanes.Engine.Name), new("cnnviz.precision", model.Precision)];
        if (metrics is { CountsFlops: true })
        {
            string[] layers = [.. options.Terms.Select(term => term.Layer).Prepend(options.Layer).Distinct()];
            _operations = views * FlopCount.Gradient(graph, options.NetworkHeight, options.NetworkWidth, layers);
        }
    }

    /// <summary>Some pictures have taken a step.</summary>
    public void Stepped(int pictures) => metrics?.Stepped(pictures, _operations, _tags);

    /// <summary>Adds what is computed, and by what.</summary>
    public void Describe(Activity span, ICompiledModel model)
    {
        span.SetTag("cnnviz.model", graph.Name);
        span.SetTag("cnnviz.layer", options.Layer);
        span.SetTag("cnnviz.engine", lanes.Engine.Name);
        span.SetTag("cnnviz.device", lanes.Engine.Device);
        span.SetTag("cnnviz.precision", model.Precision);
        span.SetTag("cnnviz.threads", model.Threads);
    }

    /// <summary>Begins the span of a group's ascent; null while nobody listens.</summary>
    public Activity? StartSteps(int group, int pictures, int first, ICompiledModel model)
    {
        var span = EngineSpans.Start("steps");
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, model);
            span.SetTag("cnnviz.group", group);
            span.SetTag("cnnviz.pictures", pictures);
            span.SetTag("cnnviz.steps", options.Steps);
            if (first > 1)
            {
                span.SetTag("cnnviz.resumed_from", first - 1);
            }
        }

        return span;
    }
}
