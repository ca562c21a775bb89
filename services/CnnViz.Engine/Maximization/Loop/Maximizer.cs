using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CnnViz.Engine.Scheduling;
using CnnViz.Engine.Telemetry;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Finds the pictures that most excite a layer's filters. Calls compute on the lanes of a scheduler, step by step, and hand their
/// events over through a bounded queue: a consumer that falls behind holds its own computation up, one that stops or cancels ends
/// it within one iteration. Safe for concurrent use.
/// </summary>
/// <param name="models">Where compiled models come from; the caller keeps and disposes it.</param>
/// <param name="limits">What options are let through; null for <see cref="MaximizationLimits.Default"/>.</param>
/// <param name="time">Where durations come from; null for the system's clock.</param>
/// <param name="scheduler">Where steps run, the caller's to dispose; null gives each call lanes of its own.</param>
/// <param name="metrics">Where steps are counted; null = nowhere.</param>
public sealed class Maximizer(
    CompiledModelCache models,
    MaximizationLimits? limits = null,
    TimeProvider? time = null,
    LaneScheduler? scheduler = null,
    EngineMetrics? metrics = null)
{
    private const int QueueLength = 64;
    private const int ReferencesKept = 64;

    private readonly PhotographReferenceCache _references = new(ReferencesKept);
    private readonly MaximizationValidator _validator = new(limits ?? MaximizationLimits.Default);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Runs one maximization.</summary>
    /// <param name="graph">The network; must outlive the enumeration.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="options">What to maximize and how.</param>
    /// <param name="cancellationToken">Ends the run with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The events as they happen. Enumerating throws <see cref="CompileException"/> where the engine cannot run the graph,
    /// <see cref="InvalidMaximizationException"/> where the layer lacks a filter, and <see cref="MaximizationException"/> where
    /// an objective or gradient is not finite. The enumerator's disposal returns when the computation has ended.
    /// </returns>
    /// <exception cref="InvalidMaximizationException">Options are not allowed; thrown before the enumeration.</exception>
    public IAsyncEnumerable<MaximizationEvent> RunAsync(
        ModelGraph graph, IEngine engine, MaximizationOptions options, CancellationToken cancellationToken = default) =>
        RunAsync(graph, engine, options, new RunSettings(), cancellationToken);

    /// <summary>Runs one maximization, computed as the settings say.</summary>
    /// <inheritdoc cref="RunAsync(ModelGraph, IEngine, MaximizationOptions, CancellationToken)"/>
    /// <exception cref="TicketLimitException">
    /// While enumerating: the settings have no ticket and all places are taken.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The engine does not run with so many threads.</exception>
    public IAsyncEnumerable<MaximizationEvent> RunAsync(
        ModelGraph graph,
        IEngine engine,
        MaximizationOptions options,
        RunSettings settings,
        CancellationToken cancellationToken = default)
    {
        if (!settings.Suit(engine))
        {
            throw new ArgumentOutOfRangeException(
                nameof(settings), settings.Threads, $"engine '{engine.Name}' does not run with so many threads");
        }

        var violations = _validator.Validate(options, graph);
        return violations.Count > 0
            ? throw new InvalidMaximizationException(violations)
            : EnumerateAsync(graph, engine, options, settings, cancellationToken);
    }

    private async IAsyncEnumerable<MaximizationEvent> EnumerateAsync(
        ModelGraph graph,
        IEngine engine,
        MaximizationOptions options,
        RunSettings settings,
        CancellationToken callToken,
        [EnumeratorCancellation] CancellationToken enumeratorToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(callToken, enumeratorToken);
        var queue = Channel.CreateBounded<MaximizationEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        var work = ComputeAsync(graph, engine, options, settings, queue, stop.Token);
        try
        {
            await foreach (var happened in queue.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>Never throws: what goes wrong travels through the queue to the consumer.</summary>
    private async Task ComputeAsync(
        ModelGraph graph,
        IEngine engine,
        MaximizationOptions options,
        RunSettings settings,
        Channel<MaximizationEvent> queue,
        CancellationToken cancellation)
    {
        try
        {
            using var own = scheduler is null ? new LaneScheduler(new LaneSchedulerOptions { Lanes = engine.Lanes }) : null;
            var shared = scheduler ?? own!;
            using var entered = settings.Ticket is null ? shared.Enter() : null;
            var lanes = new RunLanes(shared, settings.Ticket ?? entered!, engine, options.Filters.Count, settings.Threads);
            using var compiled = new RunModels(
                models, _references, engine, graph, options, lanes.CompileThreads, settings.Precision);
            var telemetry = new RunTelemetry(metrics, graph, options, lanes);
            using var run = new MaximizationRun(graph, options, lanes, compiled, settings, telemetry, _time);
            await run.ExecuteAsync(queue, cancellation).ConfigureAwait(false);
            queue.Writer.Complete();
        }
#pragma warning disable CA1031 // Whatever it is, the consumer's enumeration rethrows it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            queue.Writer.TryComplete(exception);
        }
    }
}
