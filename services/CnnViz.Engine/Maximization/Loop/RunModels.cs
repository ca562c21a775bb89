using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The compiled models of one run: its own, the one with relieved ReLUs, and what photographs give. Safe for concurrent use once
/// <see cref="Compile"/> has returned.
/// </summary>
internal sealed class RunModels : IDisposable
{
    private readonly CompiledModelCache _models;
    private readonly PhotographReferenceCache _references;
    private readonly IEngine _engine;
    private readonly ModelGraph _graph;
    private readonly MaximizationOptions _options;
    private readonly CompileOptions _compile;
    private readonly Lazy<CompiledModelLease> _relieved;
    private CompiledModelLease? _model;

    /// <param name="models">Where compiled models come from.</param>
    /// <param name="references">What is known of photographs.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="graph">The network.</param>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="threads"><see cref="CompileOptions.Threads"/>.</param>
    /// <param name="precision"><see cref="CompileOptions.Precision"/>.</param>
    public RunModels(
        CompiledModelCache models,
        PhotographReferenceCache references,
        IEngine engine,
        ModelGraph graph,
        MaximizationOptions options,
        int threads,
        PrecisionMode precision)
    {
        (_models, _references, _engine, _graph, _options) = (models, references, engine, graph, options);
        string[] layers = [.. options.Terms.Select(term => term.Layer).Prepend(options.Layer).Distinct()];
        _compile = new CompileOptions(options.NetworkHeight, options.NetworkWidth, layers)
        {
            Threads = threads,
            Precision = precision,
            Regions = ObjectiveRegions.Of(graph, options),
        };
        _relieved = new Lazy<CompiledModelLease>(() => models.Rent(engine, graph, _compile with { ReluRelief = true }));
    }

    public ICompiledModel Model => _model!.Model;

    /// <summary>Whether relief changes anything.</summary>
    public bool CanRelieve => ReluRelief.Applies(_graph);

    /// <summary>The model with relieved ReLUs, compiled at the first call.</summary>
    public ICompiledModel Relieved() => _relieved.Value.Model;

    /// <summary>Compiles the run's model and checks what can only be checked then.</summary>
    /// <exception cref="CompileException">The engine cannot run the graph.</exception>
    /// <exception cref="InvalidMaximizationException">The layer lacks a filter.</exception>
    public void Compile(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _model = _models.Rent(_engine, _graph, _compile);
        var violations = MaximizationValidator.ValidateFilters(_options, Model.TargetShapes[_options.Layer])
            .Concat(MaximizationValidator.ValidateTerms(_options, layer => Model.TargetShapes[layer]))
            .ToList();
        if (violations.Count > 0)
        {
            throw new InvalidMaximizationException(violations);
        }
    }

    /// <summary>What photographs give for each channel of the run's layer; computed once for all runs.</summary>
    public float[] Reference(CancellationToken cancellation) => _references.Get(_engine, _graph, _options, () =>
    {
        // Photographs are judged on all cells inside the border, also where the objective reads fewer.
        using var whole = _models.Rent(_engine, _graph, _compile with { Regions = null });
        return PhotographReference.Compute(
            whole.Model, new InputMapping(_graph.Input), _options.Layer, _options.Border, cancellation);
    });

    public void Dispose()
    {
        if (_relieved.IsValueCreated)
        {
            _relieved.Value.Dispose();
        }

        _model?.Dispose();
    }
}
