using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Maximization;

/// <summary>How a run is computed, as opposed to what.</summary>
public sealed record RunSettings
{
    /// <summary>How exactly; default exact.</summary>
    public PrecisionMode Precision { get; init; }

    /// <summary>
    /// Threads of one pass, for an engine with several lanes: 1, or as many as it has lanes; 0 (the default) takes all lanes for a
    /// run of one filter with nothing else under way when it starts, else 1. Results depend on it in the last bits.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>The run's place in the scheduler, which the caller keeps; null takes one for the run.</summary>
    public LaneTicket? Ticket { get; init; }
}
