using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The ascent loop of one call, synchronous, on the thread that calls it. Filters go through the compiled model in groups of its
/// preferred batch; the work on single pictures is spread over a bounded number of threads. What a filter draws depends on (seed,
/// filter) and what a step draws on (seed, step), so a filter's picture does not depend on the filters beside it except through
/// the engine's own arithmetic, which may differ by batch size in the last bits.
/// </summary>
internal sealed class MaximizationRun
{
    private readonly ICompiledModel _model;
    private readonly MaximizationOptions _options;
    private readonly RecipeModules _modules;
    private readonly TensorShape _imageShape;
    private readonly TensorShape _layerShape;
    private readonly PictureSlot[] _slots;
    private readonly float[] _network;
    private readonly float[] _networkGradient;
    private readonly float[] _activation;
    private readonly float[] _cotangent;
    private readonly int _networkLength;
    private readonly int _activationLength;
    private readonly Dictionary<string, ReadOnlyMemory<float>> _cotangents = [];
    private readonly ParallelOptions _parallel;
    private readonly TimeProvider _time;
    private readonly Action<MaximizationEvent> _emit;
    private readonly CancellationToken _cancellation;
    private readonly List<int> _zeroGradientFilters = [];
    private TimeSpan _engineTime;

    /// <param name="model">Compiled for the options' size and layer.</param>
    /// <param name="input">The network's picture input.</param>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="threads">Most threads for the work on single pictures.</param>
    /// <param name="time">Where durations come from.</param>
    /// <param name="emit">Receives the events.</param>
    /// <param name="cancellation">Looked at before each forward and each backward pass.</param>
    public MaximizationRun(
        ICompiledModel model,
        InputSpec input,
        MaximizationOptions options,
        int threads,
        TimeProvider time,
        Action<MaximizationEvent> emit,
        CancellationToken cancellation)
    {
        (_model, _options, _time, _emit, _cancellation) = (model, options, time, emit, cancellation);
        var mapping = new InputMapping(input);
        _imageShape = new TensorShape(mapping.Channels, options.Height, options.Width);
        _layerShape = model.TargetShapes[options.Layer];
        _modules = RecipeModules.Create(options, _imageShape);
        Batch = Math.Clamp(model.PreferredBatch, 1, options.Filters.Count);
        _networkLength = checked((int)model.InputShape.ElementCount);
        _activationLength = checked((int)_layerShape.ElementCount);
        _network = new float[checked(Batch * _networkLength)];
        _networkGradient = new float[_network.Length];
        _activation = new float[checked(Batch * _activationLength)];
        _cotangent = new float[_activation.Length];
        _slots = new PictureSlot[Batch];
        for (var i = 0; i < Batch; i++)
        {
            _slots[i] = new PictureSlot(_modules, mapping);
        }

        _parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Math.Min(threads, Batch)) };
    }

    /// <summary>Most filters that ascend at the same time.</summary>
    public int Batch { get; }

    public TensorShape ImageShape => _imageShape;

    public TensorShape LayerShape => _layerShape;

    /// <summary>Runs all groups and emits all events from the first progress to the completion.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MaximizationException">An objective or gradient is not finite.</exception>
    public void Execute(long startTimestamp)
    {
        var filters = _options.Filters;
        for (var (first, group) = (0, 0); first < filters.Count; first += Batch, group++)
        {
            var count = Math.Min(Batch, filters.Count - first);
            for (var i = 0; i < count; i++)
            {
                _slots[i].Start(filters[first + i], _options.Seed);
            }

            _cotangents[_options.Layer] = _cotangent.AsMemory(0, count * _activationLength);
            for (var step = 1; step <= _options.Steps; step++)
            {
                Step(step, count);
                var done = ((double)first * _options.Steps) + ((double)count * step);
                Report(group, step, count, done / ((double)filters.Count * _options.Steps));
            }

            Finish(count);
        }

        _emit(new MaximizationCompleted(
            _time.GetElapsedTime(startTimestamp),
            _engineTime,
            (long)filters.Count * _options.Steps,
            _zeroGradientFilters));
    }

    private void Step(int step, int count)
    {
        _modules.Transform.Draw(new CounterRandom(_options.Seed, RandomPurpose.Transform, (ulong)step));
        ForEachSlot(count, i => _slots[i].Draw(NetworkInput(i), transformed: true));
        using (var pass = Forward(count, withGradient: true))
        {
            Evaluate(step, count);
            _cancellation.ThrowIfCancellationRequested();
            var start = _time.GetTimestamp();
            pass.Backward(_cotangents, _networkGradient.AsSpan(0, count * _networkLength));
            _engineTime += _time.GetElapsedTime(start);
        }

        ForEachSlot(count, i => _slots[i].Ascend(step, _networkGradient.AsSpan(i * _networkLength, _networkLength)));
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

    private IForwardPass Forward(int count, bool withGradient)
    {
        _cancellation.ThrowIfCancellationRequested();
        var start = _time.GetTimestamp();
        var pass = _model.Forward(_network.AsSpan(0, count * _networkLength), count, withGradient);
        pass.CopyActivation(_options.Layer, _activation.AsSpan(0, count * _activationLength));
        _engineTime += _time.GetElapsedTime(start);
        return pass;
    }

    private void Evaluate(int step, int count)
    {
        ForEachSlot(count, i =>
        {
            var activation = _activation.AsSpan(i * _activationLength, _activationLength);
            var cotangent = _cotangent.AsSpan(i * _activationLength, _activationLength);
            _slots[i].Objective = _modules.Objective.Evaluate(activation, _layerShape, _slots[i].Filter, cotangent);
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

    private void Report(int group, int step, int count, double fraction)
    {
        var filters = new FilterProgress[count];
        for (var i = 0; i < count; i++)
        {
            filters[i] = new FilterProgress(_slots[i].Filter, _slots[i].Objective, _slots[i].GradientNorm);
        }

        _emit(new MaximizationProgress(group, step, filters, fraction));
        if (_options.PreviewInterval > 0 && step % _options.PreviewInterval == 0)
        {
            foreach (var slot in _slots.AsSpan(0, count))
            {
                _emit(new MaximizationPreview(slot.Filter, step, _imageShape, slot.CopyImage()));
            }
        }
    }

    /// <summary>Judges the finished pictures as they are, without transform, and emits them.</summary>
    private void Finish(int count)
    {
        ForEachSlot(count, i => _slots[i].Draw(NetworkInput(i), transformed: false));
        Forward(count, withGradient: false).Dispose();
        Evaluate(_options.Steps, count);
        foreach (var slot in _slots.AsSpan(0, count))
        {
            if (!slot.HadGradient)
            {
                _zeroGradientFilters.Add(slot.Filter);
            }

            var image = slot.HadGradient ? slot.Image.ToArray() : [];
            _emit(new MaximizationResult(slot.Filter, _imageShape, image, slot.Objective, !slot.HadGradient));
        }
    }

    private Span<float> NetworkInput(int slot) => _network.AsSpan(slot * _networkLength, _networkLength);

    private void ForEachSlot(int count, Action<int> work)
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
