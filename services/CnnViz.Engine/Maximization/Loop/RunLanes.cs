using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Maximization;

/// <summary>A run's share of the lanes, fixed when it starts.</summary>
internal sealed class RunLanes
{
    private readonly LaneScheduler _scheduler;
    private readonly LaneTicket _ticket;
    private readonly int _width;

    /// <param name="scheduler">Whose lanes they are.</param>
    /// <param name="ticket">The run's place.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="filters">Filters of the run.</param>
    /// <param name="threads"><see cref="RunSettings.Threads"/>.</param>
    public RunLanes(LaneScheduler scheduler, LaneTicket ticket, IEngine engine, int filters, int threads)
    {
        (_scheduler, _ticket, Engine) = (scheduler, ticket, engine);
        if (engine.Lanes == 1)
        {
            // Every pass takes the device as a whole; beside a GPU the processors are free.
            (_width, Loops) = (scheduler.Lanes, 1);
            PictureThreads = engine.Device.StartsWith("cpu", StringComparison.Ordinal)
                ? Math.Clamp(engine.Threads, 1, Environment.ProcessorCount)
                : Environment.ProcessorCount;
            return;
        }

        var alone = filters == 1 && scheduler.ActiveTickets <= 1;
        CompileThreads = threads > 0 ? threads : alone ? engine.Threads : 1;
        (_width, Loops, PictureThreads) = CompileThreads == 1
            ? (1, scheduler.Lanes, 1)
            : (scheduler.Lanes, 1, Math.Min(CompileThreads, Environment.ProcessorCount));
    }

    public IEngine Engine { get; }

    /// <summary><see cref="CompileOptions.Threads"/>.</summary>
    public int CompileThreads { get; }

    /// <summary>Most groups that ascend at the same time.</summary>
    public int Loops { get; }

    /// <summary>Threads for the work on single pictures within a unit.</summary>
    public int PictureThreads { get; }

    /// <inheritdoc cref="LaneScheduler.RunAsync"/>
    public Task RunAsync(Action work, CancellationToken cancellation) =>
        _scheduler.RunAsync(_ticket, _width, work, cancellation);

    /// <inheritdoc cref="LaneScheduler.StepAsync"/>
    public Task StepAsync(Action work, CancellationToken cancellation) =>
        _scheduler.StepAsync(_ticket, _width, work, cancellation);
}
