using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;

namespace CnnViz.Cli.Commands;

/// <summary>What a running command works with.</summary>
/// <param name="Output">Where results and progress go.</param>
/// <param name="Connection">The services it asked for.</param>
/// <param name="Model">The model as requests name it; empty where the command names none.</param>
/// <param name="Time">The clock for durations.</param>
/// <param name="Cancellation">Set by Ctrl-C and SIGTERM.</param>
internal sealed record Session(
    IOutput Output, Connection Connection, string Model, TimeProvider Time, CancellationToken Cancellation);
