using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The ascent loop of one call, synchronous, on the thread that calls it. Pictures go through the compiled model in groups of its
/// preferred batch; the work on single pictures is spread over a bounded number of threads. What a filter draws depends on (seed,
/// filter, variant) and what a step draws on (seed, step, view), so a filter's picture does not depend on the filters beside it
/// except through the engine's own arithmetic, which may differ by batch size in the last bits.
/// </summary>
internal sealed class MaximizationRun
{
    private readonly MaximizationOptions _options;
    private readonly InputMapping _mapping;
    private readonly RecipeModules _modules;
    private readonly ObjectiveSum _objective;
    private readonly NetworkBuffers _buffers;
    private readonly ReluRelief? _relief;
    private readonly PictureSlot[] _slots;
    private readonly int _views;
    private readonly int _variants;
    private readonly ParallelOptions _parallel;
    private readonly TimeProvider _time;
    private readonly RunHost _host;
    private readonly List<int> _zeroGradientFilters = [];
    private QualityJudge? _judge;
    private TimeSpan _engineTime;

    /// <param name="model">Compiled for the options' network size and the objective's layers.</param>
    /// <param name="input">The network's picture input.</param>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="threads">Most threads for the work on single pictures.</param>
    /// <param name="time">Where durations come from.</param>
    /// <param name="host">What the run reports to and asks.</param>
    public MaximizationRun(
        ICompiledModel model, InputSpec input, MaximizationOptions options, int threads, TimeProvider time, RunHost host)
    {
        (_options, _time, _host) = (options, time, host);
        _mapping = new InputMapping(input);
        ImageShape = new TensorShape(_mapping.Channels, options.Height, options.Width);
        LayerShape = model.TargetShapes[options.Layer];
        _modules = RecipeModules.Create(options, ImageShape);
        _objective = new ObjectiveSum(_modules.Terms);
        _views = _modules.Transforms.Count;
        _variants = options.Diversity.Variants;
        var groups = Math.Clamp(model.PreferredBatch / (_views * _variants), 1, options.Filters.Count);
        Batch = groups * _variants;
        _buffers = new NetworkBuffers(model, _objective.Layers, checked(Batch * _views));
        _relief = host.CompileRelieved is { } compile && options.ReluReliefSteps > 0
            ? new ReluRelief(compile, options.ReluReliefSteps)
            : null;
        _slots = [.. Enumerable.Range(0, Batch).Select(_ => new PictureSlot(options, _modules, _mapping))];
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Math.Min(threads, Math.Max(Batch, _views))) };
    }

    /// <summary>Most pictures that ascend at the same time.</summary>
    public int Batch { get; }

    public TensorShape ImageShape { get; }

    public TensorShape LayerShape { get; }

    /// <summary>Runs all groups and emits all events from the first progress to the completion.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MaximizationException">An objective or gradient is not finite.</exception>
    public void Execute(long startTimestamp)
    {
        _judge = _options.Score ? new QualityJudge(_buffers, _objective, _options, _mapping, ImageShape, _host) : null;
        var pictures = _options.Filters.Count * _variants;
        for (var (first, group) = (0, 0); first < pictures; first += Batch, group++)
        {
            var count = Math.Min(Batch, pictures - first);
            for (var i = 0; i < count; i++)
            {
                var (filter, variant) = Math.DivRem(first + i, _variants);
                _slots[i].Start(_options.Filters[filter], variant, _options.Seed);
            }

            for (var step = 1; step <= _options.Steps; step++)
            {
                Step(step, count);
                var done = ((double)first * _options.Steps) + ((double)count * step);
                Report(group, step, count, done / ((double)pictures * _options.Steps));
            }

            Finish(count);
        }

        _host.Emit(new MaximizationCompleted(
            _time.GetElapsedTime(startTimestamp),
            _engineTime,
            (long)pictures * _options.Steps,
            _zeroGradientFilters));
    }

    private void Step(int step, int count)
    {
        var progress = _options.Steps > 1 ? (step - 1) / (_options.Steps - 1.0) : 0;
        ForEach(_views, view => _modules.Transforms[view].Draw(
            new CounterRandom(_options.Seed, RandomPurpose.Transform, (uint)step | ((ulong)view << 32)), progress));
        ForEach(count, i => _slots[i].Draw(_buffers.Input(i * _views, _views)));
        var relieved = _relief?.ModelAt(step);

        // Which filters have no gradient of their own only the network as it is can tell; it is asked until each picture had one.
        if (relieved is null || _slots.Take(count).Any(slot => !slot.HadGradient))
        {
            Sweep(step, count, null);
            ForEach(count, i => _slots[i].NoteGradient(_buffers.Gradient(i * _views, _views)));
        }

        if (relieved is not null)
        {
            Sweep(step, count, relieved);
        }

        ForEach(count, i => _slots[i].Ascend(step, _buffers.Gradient(i * _views, _views)));
        foreach (var slot in _slots.AsSpan(0, count))
        {
            if (!double.IsFinite(slot.GradientNorm))
            {
                throw new MaximizationException(
                    $"the gradient of filter {slot.Filter} of layer '{_options.Layer}' is {slot.GradientNorm} at step {step}",
                    slot.Filter,
                    step);
            }
        }
    }

    /// <summary>Sets the objectives of the pictures drawn and the gradients to what the network receives.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="relieved">The model that computes; null for the run's own.</param>
    private void Sweep(int step, int count, ICompiledModel? relieved)
    {
        using var pass = Forward(count * _views, withGradient: true, relieved);
        Evaluate(step, count, _views);
        AddDiversity(count);
        _host.Cancellation.ThrowIfCancellationRequested();
        Timed(() => _buffers.Backward(pass));
    }

    private IForwardPass Forward(int samples, bool withGradient, ICompiledModel? relieved = null)
    {
        _host.Cancellation.ThrowIfCancellationRequested();
        IForwardPass pass = null!;
        Timed(() => pass = _buffers.Forward(samples, withGradient, relieved));
        return pass;
    }

    private void Timed(Action work)
    {
        var start = _time.GetTimestamp();
        work();
        _engineTime += _time.GetElapsedTime(start);
    }

    /// <summary>Sets every picture's objective, the mean over its views, and the cotangents.</summary>
    private void Evaluate(int step, int count, int views)
    {
        ForEach(count, i =>
        {
            double sum = 0;
            for (var view = 0; view < views; view++)
            {
                sum += _objective.Evaluate(_buffers, (i * views) + view, _slots[i].Filter, 1.0 / views);
            }

            _slots[i].Objective = sum / views;
        });
        foreach (var slot in _slots.AsSpan(0, count))
        {
            if (!double.IsFinite(slot.Objective))
            {
                throw new MaximizationException(
                    $"the objective of filter {slot.Filter} of layer '{_options.Layer}' is {slot.Objective} at step {step}; "
                    + "a smaller learning rate may help",
                    slot.Filter,
                    step);
            }
        }
    }

    private void AddDiversity(int count)
    {
        if (_variants == 1 || _options.Diversity.Weight == 0)
        {
            return;
        }

        var layer = _buffers.Layer(_options.Layer);
        ForEach(count / _variants, filter => DiversityObjective.Add(
            layer.Activation(filter * _variants, _variants),
            layer.Shape,
            _variants,
            _options.Diversity.Weight,
            layer.Cotangent(filter * _variants, _variants)));
    }

    private void Report(int group, int step, int count, double fraction)
    {
        var filters = new FilterProgress[count];
        for (var i = 0; i < count; i++)
        {
            var slot = _slots[i];
            filters[i] = new FilterProgress(slot.Filter, slot.Objective, slot.GradientNorm, slot.Variant);
        }

        _host.Emit(new MaximizationProgress(group, step, filters, fraction));
        if (_options.PreviewInterval > 0 && step % _options.PreviewInterval == 0)
        {
            foreach (var slot in _slots.AsSpan(0, count))
            {
                _host.Emit(new MaximizationPreview(slot.Filter, step, ImageShape, slot.CopyImage(), slot.Variant));
            }
        }
    }

    /// <summary>Judges the finished pictures as they are, without transform, and emits them.</summary>
    private void Finish(int count)
    {
        ForEach(count, i => _slots[i].DrawWhole(_buffers.Input(i, 1)));
        Forward(count, withGradient: false).Dispose();
        Evaluate(_options.Steps, count, 1);
        var quality = _judge?.Judge(_slots.AsSpan(0, count));
        for (var i = 0; i < count; i++)
        {
            var slot = _slots[i];
            if (!slot.HadGradient && !_zeroGradientFilters.Contains(slot.Filter))
            {
                _zeroGradientFilters.Add(slot.Filter);
            }

            var image = slot.HadGradient ? slot.Image.ToArray() : [];
            _host.Emit(new MaximizationResult(slot.Filter, ImageShape, image, slot.Objective, !slot.HadGradient)
            {
                Variant = slot.Variant,
                Mask = slot.HadGradient ? slot.CopyMask() : [],
                Quality = slot.HadGradient ? quality?[i] : null,
            });
        }
    }

    private void ForEach(int count, Action<int> work)
    {
        if (_parallel.MaxDegreeOfParallelism == 1 || count == 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        Parallel.For(0, count, _parallel, work);
    }
}
