using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Finds the pictures that most excite a layer's filters. Each call computes on a thread of its own and hands its events over
/// through a bounded queue: a consumer that falls behind holds the computation up, one that stops or cancels ends it within one
/// iteration. Safe for concurrent use.
/// </summary>
/// <param name="models">Where compiled models come from; the caller keeps and disposes it.</param>
/// <param name="limits">What options are let through; null for <see cref="MaximizationLimits.Default"/>.</param>
/// <param name="time">Where durations come from; null for the system's clock.</param>
public sealed class Maximizer(CompiledModelCache models, MaximizationLimits? limits = null, TimeProvider? time = null)
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
        ModelGraph graph, IEngine engine, MaximizationOptions options, CancellationToken cancellationToken = default)
    {
        var violations = _validator.Validate(options, graph);
        return violations.Count > 0
            ? throw new InvalidMaximizationException(violations)
            : EnumerateAsync(graph, engine, options, cancellationToken);
    }

    private async IAsyncEnumerable<MaximizationEvent> EnumerateAsync(
        ModelGraph graph,
        IEngine engine,
        MaximizationOptions options,
        CancellationToken callToken,
        [EnumeratorCancellation] CancellationToken enumeratorToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(callToken, enumeratorToken);
        var queue = Channel.CreateBounded<MaximizationEvent>(
            new BoundedChannelOptions(QueueLength) { SingleReader = true, SingleWriter = true });

        // A thread of its own: the computation takes seconds to minutes and would starve the pool.
        var work = Task.Factory.StartNew(
            () => Compute(graph, engine, options, queue.Writer, stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
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
    private void Compute(
        ModelGraph graph,
        IEngine engine,
        MaximizationOptions options,
        ChannelWriter<MaximizationEvent> queue,
        CancellationToken cancellation)
    {
        CompiledModelLease? relieved = null;
        try
        {
            var start = _time.GetTimestamp();
            string[] layers = [.. options.Terms.Select(term => term.Layer).Prepend(options.Layer).Distinct()];
            var compile = new CompileOptions(options.NetworkHeight, options.NetworkWidth, layers);
            using var lease = models.Rent(engine, graph, compile);
            var violations = MaximizationValidator.ValidateFilters(options, lease.Model.TargetShapes[options.Layer])
                .Concat(MaximizationValidator.ValidateTerms(options, layer => lease.Model.TargetShapes[layer]))
                .ToList();
            if (violations.Count > 0)
            {
                throw new InvalidMaximizationException(violations);
            }

            float[] Reference() => _references.Get(engine, graph, options, () => PhotographReference.Compute(
                lease.Model, new InputMapping(graph.Input), options.Layer, options.Border, cancellation));

            Func<ICompiledModel>? relieve = ReluRelief.Applies(graph)
                ? () => (relieved = models.Rent(engine, graph, compile with { ReluRelief = true })).Model
                : null;
            var host = new RunHost(Emit, relieve, Reference, cancellation);
            var run = new MaximizationRun(lease.Model, graph.Input, options, ThreadsFor(engine), _time, host);
            Emit(new MaximizationStarted(
                options,
                engine.Name,
                engine.Device,
                engine.Precision,
                engine.Threads,
                run.LayerShape,
                run.ImageShape,
                run.Batch));
            run.Execute(start);
            queue.Complete();
        }
#pragma warning disable CA1031 // Whatever it is, the consumer's enumeration rethrows it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            queue.TryComplete(exception);
        }
        finally
        {
            relieved?.Dispose();
        }

        void Emit(MaximizationEvent happened)
        {
            while (!queue.TryWrite(happened))
            {
                // This thread is the computation's own and may wait.
                queue.WaitToWriteAsync(cancellation).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>On the CPU the engine's own threads; beside a GPU the processors are free.</summary>
    private static int ThreadsFor(IEngine engine) =>
        engine.Device.StartsWith("cpu", StringComparison.Ordinal)
            ? Math.Clamp(engine.Threads, 1, Environment.ProcessorCount)
            : Environment.ProcessorCount;
}
