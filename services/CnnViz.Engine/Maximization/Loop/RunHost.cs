namespace CnnViz.Engine.Maximization;

/// <summary>What a run reports to and asks.</summary>
/// <param name="Emit">Receives the events.</param>
/// <param name="CompileRelieved">Compiles the model with relieved ReLUs; null where that changes nothing.</param>
/// <param name="Reference">What photographs give for each channel of the run's layer: <see cref="PhotographReference"/>.</param>
/// <param name="Cancellation">Looked at before each forward and each backward pass.</param>
internal sealed record RunHost(
    Action<MaximizationEvent> Emit,
    Func<ICompiledModel>? CompileRelieved,
    Func<float[]> Reference,
    CancellationToken Cancellation);
