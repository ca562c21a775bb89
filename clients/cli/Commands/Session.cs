using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;

namespace CnnViz.Cli.Commands;

/// <summary>What a running command works with.</summary>
/// <param name="Output">Where results and progress go.</param>
/// <param name="Connection">The services it asked for.</param>
/// <param name="Time">The clock for durations.</param>
/// <param name="Cancellation">Set by Ctrl-C and SIGTERM.</param>
internal sealed record Session(IOutput Output, Connection Connection, TimeProvider Time, CancellationToken Cancellation);
