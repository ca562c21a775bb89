using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Maximization;

/// <summary>How a run is computed, as opposed to what.</summary>
public sealed record RunSettings
{
    /// <summary>How exactly; default exact.</summary>
    public PrecisionMode Precision { get; init; }

    /// <summary>
    /// Threads of one pass: the engine's own number, or for an engine with several lanes 1. 0 (the default) is the engine's own,
    /// but with several lanes 1 unless the run is of one filter and nothing else is under way when it starts. Results depend on
    /// it in the last bits.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>The run's place in the scheduler, which the caller keeps; null takes one for the run.</summary>
    public LaneTicket? Ticket { get; init; }

    /// <summary>Steps of a group from one checkpoint to the next; 0 (the default) = no checkpoints.</summary>
    public int CheckpointInterval { get; init; }

    /// <summary>Least time from one checkpoint of a group to the next, or from its start to the first; default none.</summary>
    public TimeSpan CheckpointPause { get; init; }

    /// <summary>
    /// Where an interrupted run goes on; null for a new one. Options, engine, threads and precision must be the same.
    /// </summary>
    public RunResume? Resume { get; init; }

    /// <summary>Whether an engine can run with so many threads.</summary>
    public bool Suit(IEngine engine) => Threads == 0 || Threads == engine.Threads || (Threads == 1 && engine.Lanes > 1);
}
