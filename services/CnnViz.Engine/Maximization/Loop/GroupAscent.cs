using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The ascent of pictures that go through the compiled model together, one group after another; synchronous, on the thread that
/// calls it. The work on single pictures is spread over a bounded number of threads. What a filter draws depends on (seed,
/// filter, variant) and what a step draws on (seed, step, view), so a filter's picture does not depend on the filters beside it
/// except through the engine's own arithmetic, which may differ by batch size in the last bits. Not safe for concurrent use.
/// </summary>
internal sealed class GroupAscent
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
    private readonly QualityJudge? _judge;
    private readonly TensorShape _imageShape;
    private int _count;

    /// <param name="model">Compiled for the options' network size and the objective's layers.</param>
    /// <param name="input">The network's picture input.</param>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="batch">Most pictures of a group.</param>
    /// <param name="threads">Most threads for the work on single pictures.</param>
    /// <param name="time">Where durations come from.</param>
    /// <param name="host">What the run asks.</param>
    public GroupAscent(
        ICompiledModel model,
        InputSpec input,
        MaximizationOptions options,
        int batch,
        int threads,
        TimeProvider time,
        RunHost host)
    {
        (_options, _time, _host) = (options, time, host);
        _mapping = new InputMapping(input);
        _imageShape = ImageShape(input, options);
        _modules = RecipeModules.Create(options, _imageShape);
        _objective = new ObjectiveSum(_modules.Terms);
        _views = _modules.Transforms.Count;
        _variants = options.Diversity.Variants;
        _buffers = new NetworkBuffers(model, _objective.Layers, checked(batch * _views));
        _relief = host.CompileRelieved is { } compile && options.ReluReliefSteps > 0
            ? new ReluRelief(compile, options.ReluReliefSteps)
            : null;
        _slots = [.. Enumerable.Range(0, batch).Select(_ => new PictureSlot(options, _modules, _mapping))];
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Math.Min(threads, Math.Max(batch, _views))) };
        _judge = options.Score ? new QualityJudge(_buffers, _objective, options, _mapping, _imageShape, host) : null;
    }

    /// <summary>Time spent in the engine's passes.</summary>
    public TimeSpan EngineTime { get; private set; }

    /// <summary>Shape of the pictures in ascent space.</summary>
    public static TensorShape ImageShape(InputSpec input, MaximizationOptions options) =>
        new(new InputMapping(input).Channels, options.Height, options.Width);

    /// <summary>Takes on the pictures of a group.</summary>
    /// <param name="first">The first one, counted over filters and then variants.</param>
    /// <param name="count">How many.</param>
    public void Start(int first, int count)
    {
        _count = count;
        for (var i = 0; i < count; i++)
        {
            var (filter, variant) = Math.DivRem(first + i, _variants);
            _slots[i].Start(_options.Filters[filter], variant, _options.Seed);
        }
    }

    /// <summary>A copy of the group's state.</summary>
    public GroupCheckpoint Capture(int group, int step) =>
        new(group, step, [.. _slots.Take(_count).Select(slot => slot.Capture())]);

    /// <summary>Goes on from such a state, after <see cref="Start"/>.</summary>
    public void Restore(GroupCheckpoint state)
    {
        for (var i = 0; i < _count; i++)
        {
            _slots[i].Restore(state.Pictures[i]);
        }
    }

    /// <summary>Takes a step, and returns where the filters are.</summary>
    /// <param name="step">From 1.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MaximizationException">An objective or gradient is not finite.</exception>
    public FilterProgress[] Step(int step)
    {
        Ascend(step, _count);
        var filters = new FilterProgress[_count];
        for (var i = 0; i < filters.Length; i++)
        {
            var slot = _slots[i];
            filters[i] = new FilterProgress(slot.Filter, slot.Objective, slot.GradientNorm, slot.Variant);
        }

        return filters;
    }

    /// <summary>The pictures after a step; none where the step has no preview.</summary>
    public MaximizationPreview[] Previews(int step) => _options.PreviewInterval > 0 && step % _options.PreviewInterval == 0
        ? [.. _slots.Take(_count).Select(slot =>
            new MaximizationPreview(slot.Filter, step, _imageShape, slot.CopyImage(), slot.Variant))]
        : [];

    /// <summary>Judges the finished pictures as they are, without transform.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MaximizationException">An objective is not finite.</exception>
    public MaximizationResult[] Finish()
    {
        ForEach(_count, i => _slots[i].DrawWhole(_buffers.Input(i, 1)));
        Forward(_count, withGradient: false).Dispose();
        Evaluate(_options.Steps, _count, 1);
        var quality = _judge?.Judge(_slots.AsSpan(0, _count));
        var results = new MaximizationResult[_count];
        for (var i = 0; i < results.Length; i++)
        {
            var slot = _slots[i];
            var image = slot.HadGradient ? slot.Image.ToArray() : [];
            results[i] = new MaximizationResult(slot.Filter, _imageShape, image, slot.Objective, !slot.HadGradient)
            {
                Variant = slot.Variant,
                Mask = slot.HadGradient ? slot.CopyMask() : [],
                Quality = slot.HadGradient ? quality?[i] : null,
            };
        }

        return results;
    }

    private void Ascend(int step, int count)
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
        EngineTime += _time.GetElapsedTime(start);
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
