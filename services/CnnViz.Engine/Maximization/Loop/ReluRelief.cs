using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// A run's first steps go through a model with relieved ReLUs (<see cref="CompileOptions.ReluRelief"/>): a filter that the
/// starting noise does not excite at all can only be reached so.
/// </summary>
/// <param name="compile">Compiles that model; called at the first step that needs it.</param>
/// <param name="steps">How many first steps.</param>
internal sealed class ReluRelief(Func<ICompiledModel> compile, int steps)
{
    private ICompiledModel? _model;

    /// <summary>Whether relief can change anything: there is a ReLU in the graph.</summary>
    public static bool Applies(ModelGraph graph) =>
        graph.Layers.Any(layer => layer.Op is ActivationOp { Kind: ActivationKind.Relu or ActivationKind.Relu6 });

    /// <summary>The model whose gradient a step takes; null for the network's own.</summary>
    /// <param name="step">From 1.</param>
    public ICompiledModel? ModelAt(int step) => step > steps ? null : _model ??= compile();
}
