using System.Diagnostics;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// The Keras recipe's ascent step on an engine: forward to a layer, the gradient of a channel's mean, a normalized step on the
/// picture. Many pictures take turns on the lanes, one thread each; or each picture has all cores.
/// </summary>
internal sealed class Ascent : IDisposable
{
    private readonly string _layer;
    private readonly CellRegion _cells;
    private readonly bool _wide;
    private readonly InputMapping _mapping;
    private readonly ICompiledModel _model;
    private readonly NormalizedGradientAscent _optimizer = new();
    private readonly LaneScheduler _scheduler;
    private readonly List<Slot> _slots = [];

    /// <param name="engine">What computes.</param>
    /// <param name="graph">The network.</param>
    /// <param name="layer">The layer whose channels are excited.</param>
    /// <param name="size">Picture height and width in pixels.</param>
    /// <param name="border">Cells of the feature map left out on each side.</param>
    /// <param name="precision">Exact or fast.</param>
    /// <param name="wide">Whether each step has all cores instead of one.</param>
    public Ascent(
        IEngine engine, ModelGraph graph, string layer, int size, int border, PrecisionMode precision, bool wide)
    {
        (_layer, _wide) = (layer, wide);
        _mapping = new InputMapping(graph.Input);
        var map = ShapeInference.Infer(graph, size, size, [layer])[graph.Find(layer)!.Name];
        _cells = new CellRegion(border, map.Height - border, border, map.Width - border);
        _model = engine.Compile(graph, new CompileOptions(size, size, [layer])
        {
            Threads = wide ? engine.Threads : 1,
            Precision = precision,
            Regions = new Dictionary<string, CellRegion> { [layer] = _cells },
        });
        _scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = engine.Threads });
    }

    /// <summary>The arithmetic that runs.</summary>
    public string Precision => _model.Precision;

    /// <summary>Values of a picture in ascent space.</summary>
    public int PictureLength => _mapping.Channels * _model.InputShape.Height * _model.InputShape.Width;

    /// <summary>Takes pictures of the first filters some steps uphill.</summary>
    /// <returns>Milliseconds per image-step.</returns>
    public async Task<double> RunAsync(int images, int steps, CancellationToken cancellation)
    {
        while (_slots.Count < images)
        {
            _slots.Add(new Slot(_mapping, _model, _layer, _slots.Count));
        }

        var start = Stopwatch.GetTimestamp();
        using var ticket = _scheduler.Enter();
        for (var step = 0; step < steps; step++)
        {
            await Task.WhenAll(_slots.Take(images).Select(slot =>
                _scheduler.RunAsync(ticket, _wide ? _scheduler.Lanes : 1, () => Step(slot), cancellation)));
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / (images * steps);
    }

    /// <summary>Objective of filter 0 and its gradient to a picture in ascent space.</summary>
    public async Task<(float Objective, float[] Gradient)> CheckAsync(float[] picture, CancellationToken cancellation)
    {
        var slot = new Slot(_mapping, _model, _layer, 0);
        picture.CopyTo(slot.Picture, 0);
        var objective = 0f;
        using var ticket = _scheduler.Enter();
        await _scheduler.RunAsync(
            ticket, _wide ? _scheduler.Lanes : 1, () => objective = Gradient(slot), cancellation);
        return (objective, slot.Gradient);
    }

    public void Dispose()
    {
        _scheduler.Dispose();
        _model.Dispose();
    }

    private void Step(Slot slot)
    {
        _ = Gradient(slot);
        _optimizer.Step(1, slot.Picture, slot.Gradient, []);
    }

    private float Gradient(Slot slot)
    {
        var map = _model.TargetShapes[_layer];
        _mapping.Forward(slot.Picture, slot.Input);
        using var pass = _model.Forward(slot.Input, 1, withGradient: true);
        pass.CopyActivation(_layer, slot.Activation);
        var sum = 0f;
        var share = 1f / (_cells.Height * _cells.Width);
        var channel = slot.Filter % map.Channels * map.Height * map.Width;
        for (var row = _cells.Top; row < _cells.Bottom; row++)
        {
            var cells = (channel + (row * map.Width) + _cells.Left)..(channel + (row * map.Width) + _cells.Right);
            foreach (var value in slot.Activation.AsSpan(cells))
            {
                sum += value * share;
            }

            slot.Cotangent.AsSpan(cells).Fill(share);
        }

        pass.Backward(slot.Cotangents, slot.InputGradient);
        _mapping.Adjoint(slot.InputGradient, slot.Gradient);
        return sum;
    }

    /// <summary>One picture and what its steps need.</summary>
    private sealed class Slot
    {
        public Slot(InputMapping mapping, ICompiledModel model, string layer, int filter)
        {
            Filter = filter;
            var input = model.InputShape;
            var plane = input.Height * input.Width;
            Picture = Noise(mapping.Channels * plane, filter);
            Gradient = new float[Picture.Length];
            Input = new float[input.ElementCount];
            InputGradient = new float[input.ElementCount];
            Activation = new float[model.TargetShapes[layer].ElementCount];
            Cotangent = new float[Activation.Length];
            Cotangents = new Dictionary<string, ReadOnlyMemory<float>> { [layer] = Cotangent };
        }

        public int Filter { get; }

        public float[] Picture { get; }

        public float[] Gradient { get; }

        public float[] Input { get; }

        public float[] InputGradient { get; }

        public float[] Activation { get; }

        public float[] Cotangent { get; }

        public Dictionary<string, ReadOnlyMemory<float>> Cotangents { get; }
    }

    /// <summary>The recipe's starting noise.</summary>
    public static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 0.25f)];
    }
}
