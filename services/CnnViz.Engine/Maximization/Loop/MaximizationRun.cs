using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using CnnViz.Engine.Telemetry;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// One run: its groups ascend on the scheduler's lanes, a loop each, one unit per step. With an engine of several lanes as many
/// groups as there are lanes ascend at the same time, or one over all lanes; with one lane they follow one another. A consumer
/// that falls behind parks the loops, which hold no lane then.
/// </summary>
internal sealed class MaximizationRun(
    ModelGraph graph,
    MaximizationOptions options,
    RunLanes lanes,
    RunModels models,
    RunSettings settings,
    RunTelemetry telemetry,
    TimeProvider time)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _silent = [];
    private readonly SemaphoreSlim _emission = new(1);
    private Channel<MaximizationEvent> _events = null!;
    private RunHost _host = null!;
    private int _batch;
    private int _nextGroup;
    private long _imageSteps;
    private TimeSpan _engineTime;
    private Exception? _failure;

    private int Pictures => options.Filters.Count * options.Diversity.Variants;

    private int Groups => (Pictures + _batch - 1) / _batch;

    /// <summary>Runs all groups and writes all events.</summary>
    /// <exception cref="CompileException">The engine cannot run the graph.</exception>
    /// <exception cref="InvalidMaximizationException">The layer lacks a filter.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the ticket's deadline passed.</exception>
    /// <exception cref="MaximizationException">An objective or gradient is not finite.</exception>
    public async Task ExecuteAsync(Channel<MaximizationEvent> events, CancellationToken cancellation)
    {
        _events = events;
        _silent.UnionWith(settings.Resume?.ZeroGradientFilters ?? []);
        var start = time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await EngineSpans.RunAsync(
            "compile",
            work => lanes.RunAsync(work, stop.Token),
            () => models.Compile(stop.Token),
            span => telemetry.Describe(span, models.Model)).ConfigureAwait(false);
        var model = models.Model;
        var views = options.Transform == TransformKind.Crops ? options.Crops.Count : 1;
        telemetry.Began(model, views);
        var filters = Math.Clamp(model.PreferredBatch / (views * options.Diversity.Variants), 1, options.Filters.Count);
        _batch = filters * options.Diversity.Variants;
        var loops = Math.Min(lanes.Loops, Groups);
        await EmitAsync(Started(model, loops), stop.Token).ConfigureAwait(false);
        if (options.Score)
        {
            await lanes.RunAsync(() => models.Reference(stop.Token), stop.Token).ConfigureAwait(false);
        }

        _host = new RunHost(models.CanRelieve ? models.Relieved : null, () => models.Reference(stop.Token), stop.Token);
        await Task.WhenAll(Enumerable.Range(0, loops).Select(_ => LoopAsync(stop))).ConfigureAwait(false);
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        await EmitAsync(
            new MaximizationCompleted(
                time.GetElapsedTime(start), _engineTime, _imageSteps, [.. options.Filters.Where(_silent.Contains)]),
            cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _emission.Dispose();

    private MaximizationStarted Started(ICompiledModel model, int loops) => new(
        options,
        lanes.Engine.Name,
        lanes.Engine.Device,
        model.Precision,
        model.Threads,
        model.TargetShapes[options.Layer],
        GroupAscent.ImageShape(graph.Input, options),
        Math.Min(_batch * loops, Pictures));

    /// <summary>Takes one group after another until there is none left; a failure ends all loops. Never throws.</summary>
    private async Task LoopAsync(CancellationTokenSource stop)
    {
        try
        {
            GroupAscent? ascent = null;
            for (var group = Next(); group < Groups; group = Next())
            {
                if (IsFinished(group))
                {
                    await SkipAsync(PicturesOf(group) * options.Steps, stop.Token).ConfigureAwait(false);
                    continue;
                }

                ascent = await AscendAsync(group, ascent, stop.Token).ConfigureAwait(false);
            }

            // What follows the loops is not for a lane.
            await Task.Yield();
            lock (_gate)
            {
                _engineTime += ascent?.EngineTime ?? TimeSpan.Zero;
            }
        }
#pragma warning disable CA1031 // Whatever it is, the run rethrows it when the other loops have ended.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The others end with a cancellation, which comes later and is not what happened.
            Interlocked.CompareExchange(ref _failure, exception, null);
            await Task.Yield();
            await stop.CancelAsync().ConfigureAwait(false);
        }

        int Next() => Interlocked.Increment(ref _nextGroup) - 1;
    }

    private async Task<GroupAscent> AscendAsync(int group, GroupAscent? ascent, CancellationToken cancellation)
    {
        var first = group * _batch;
        var count = PicturesOf(group);
        FilterProgress[] filters = [];
        MaximizationPreview[] previews = [];
        GroupCheckpoint? checkpoint = null;
        var captured = time.GetTimestamp();
        var resumed = settings.Resume?.Groups.FirstOrDefault(state =>
            state.Group == group && state.Pictures.Count == count && state.Step < options.Steps);
        var done = resumed?.Step ?? 0;
        var kept = resumed is not null;
        await SkipAsync(count * done, cancellation).ConfigureAwait(false);
        MaximizationResult[] results = [];
        var waited = TimeSpan.Zero;
        using (var span = telemetry.StartSteps(group, count, done + 1, models.Model))
        {
            try
            {
                for (var step = done + 1; step <= options.Steps; step++)
                {
                    var now = step;
                    var queued = time.GetTimestamp();
                    await lanes.StepAsync(() => Step(now, queued), cancellation).ConfigureAwait(false);
                    await ReportAsync(group, step, filters, previews, cancellation).ConfigureAwait(false);
                    if (checkpoint is not null)
                    {
                        await EmitAsync(new MaximizationCheckpoint(checkpoint), cancellation).ConfigureAwait(false);
                    }
                }

                await lanes.StepAsync(() => results = ascent!.Finish(), cancellation).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                EngineSpans.Fail(span, exception);
                throw;
            }
            finally
            {
                span?.SetTag("cnnviz.queue.wait", waited.TotalSeconds);
            }
        }

        foreach (var result in results)
        {
            if (result.ZeroGradient)
            {
                lock (_gate)
                {
                    _silent.Add(result.Filter);
                }
            }

            await EmitAsync(result, cancellation).ConfigureAwait(false);
        }

        if (kept)
        {
            // Nothing of the group need be kept any longer.
            await EmitAsync(
                new MaximizationCheckpoint(new GroupCheckpoint(group, options.Steps, [])), cancellation).ConfigureAwait(false);
        }

        return ascent!;

        bool IsDue(int step) => settings.CheckpointInterval > 0
            && step % settings.CheckpointInterval == 0
            && step < options.Steps
            && time.GetElapsedTime(captured) >= settings.CheckpointPause;

        void Step(int step, long queued)
        {
            waited += time.GetElapsedTime(queued);
            if (step == done + 1)
            {
                ascent ??= new GroupAscent(models.Model, graph.Input, options, _batch, lanes.PictureThreads, time, _host);
                ascent.Start(first, count);
                if (resumed is not null)
                {
                    ascent.Restore(resumed);
                }
            }

            filters = ascent!.Step(step);
            previews = ascent.Previews(step);
            checkpoint = IsDue(step) ? ascent.Capture(group, step) : null;
            if (checkpoint is not null)
            {
                (captured, kept) = (time.GetTimestamp(), true);
            }
        }
    }

    private int PicturesOf(int group) => Math.Min(_batch, Pictures - (group * _batch));

    /// <summary>Whether all results of a group were out when the run was interrupted.</summary>
    private bool IsFinished(int group) => settings.Resume is { } resume
        && Enumerable.Range(group * _batch, PicturesOf(group)).All(picture => resume.Finished.Contains(
            (options.Filters[picture / options.Diversity.Variants], picture % options.Diversity.Variants)));

    /// <summary>Counts what was computed before the run was interrupted.</summary>
    private async ValueTask SkipAsync(long imageSteps, CancellationToken cancellation)
    {
        await _emission.WaitAsync(cancellation).ConfigureAwait(false);
        _imageSteps += imageSteps;
        _emission.Release();
    }

    private async ValueTask ReportAsync(
        int group, int step, FilterProgress[] filters, MaximizationPreview[] previews, CancellationToken cancellation)
    {
        // One group at a time, so that the share that is done never falls.
        await _emission.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _imageSteps += filters.Length;
            telemetry.Stepped(filters.Length);
            var fraction = _imageSteps / ((double)Pictures * options.Steps);
            await _events.Writer.WriteAsync(
                new MaximizationProgress(group, step, filters, fraction), cancellation).ConfigureAwait(false);
            foreach (var preview in previews)
            {
                await _events.Writer.WriteAsync(preview, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            _emission.Release();
        }
    }

    private ValueTask EmitAsync(MaximizationEvent happened, CancellationToken cancellation) =>
        _events.Writer.WriteAsync(happened, cancellation);
}
