namespace CnnViz.Engine.Maximization;

/// <summary>What the groups of a run ask.</summary>
/// <param name="CompileRelieved">Compiles the model with relieved ReLUs; null where that changes nothing.</param>
/// <param name="Reference">
/// What photographs give for each channel of the run's layer, <see cref="PhotographReference"/>; only of runs with a score.
/// </param>
/// <param name="Cancellation">Looked at before each forward and each backward pass.</param>
internal sealed record RunHost(
    Func<ICompiledModel>? CompileRelieved,
    Func<float[]> Reference,
    CancellationToken Cancellation);
