using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plan;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn;

/// <summary>A graph planned for one input size and set of targets. The way forward alone and the way with gradient are two programs.</summary>
internal sealed class OneDnnCompiledModel : ICompiledModel
{
    private readonly OneDnnEngine _engine;
    private readonly ModelGraph _graph;
    private readonly CompileOptions _options;
    private readonly ShimCacheLease _weights;
    private readonly bool _fast;
    private readonly Lazy<OneDnnProgram> _forward;
    private readonly Lazy<OneDnnProgram> _gradient;
    private int _disposed;

    /// <param name="engine">The engine that compiles.</param>
    /// <param name="graph">The network.</param>
    /// <param name="options">What to compile for.</param>
    /// <param name="weights">The packed weights; owned from here on, unless this throws.</param>
    public OneDnnCompiledModel(OneDnnEngine engine, ModelGraph graph, CompileOptions options, ShimCacheLease weights)
    {
        (_engine, _graph, _options, _weights) = (engine, graph, options, weights);
        _fast = options.Precision == PrecisionMode.Fast && engine.HasBFloat16;
        Threads = options.Threads is 0 || options.Threads > engine.Threads ? engine.Threads : options.Threads;
        var plan = Plan(gradient: !options.ForwardOnly);
        EstimatedBytesPerImage = plan.ArenaBytes;
        if (EstimatedBytesPerImage > engine.MemoryLimitBytes)
        {
            throw new CompileException(
                $"model '{graph.Name}' at {options.Width}x{options.Height} pixels needs {EstimatedBytesPerImage / 1048576.0:F0} MiB "
                + $"for an image{(options.ForwardOnly ? "" : " and its gradient")}; the limit is {engine.MemoryLimitBytes / 1048576.0:F0} MiB");
        }

        InputShape = new TensorShape(graph.Input.Channels, options.Height, options.Width);
        TargetShapes = plan.Targets.ToDictionary(target => target.Key, target => target.Value.Shape, StringComparer.Ordinal);
        _gradient = new Lazy<OneDnnProgram>(() => Build(options.ForwardOnly ? Plan(gradient: true) : plan));
        _forward = new Lazy<OneDnnProgram>(() => Build(options.ForwardOnly ? plan : Plan(gradient: false)));
    }

    public TensorShape InputShape { get; }

    public IReadOnlyDictionary<string, TensorShape> TargetShapes { get; }

    public int Threads { get; }

    public string Precision => _fast ? "fp32+bf16" : "fp32";

    public int PreferredBatch => 1;

    public long EstimatedBytesPerImage { get; }

    public IForwardPass Forward(ReadOnlySpan<float> images, int batch, bool withGradient)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (images.Length != batch * InputShape.ElementCount)
        {
            throw new ArgumentException($"{batch} images of {InputShape} have {batch * InputShape.ElementCount} values, not {images.Length}", nameof(images));
        }

        if (withGradient && _options.ForwardOnly)
        {
            throw new InvalidOperationException("The model was compiled for passes without gradient.");
        }

        // A run evaluates with the program it ascends with: no second set of lanes.
        var program = withGradient || _gradient.IsValueCreated ? _gradient.Value : _forward.Value;
        if (batch > 1 && batch * program.Schedule.ArenaBytes > _engine.MemoryLimitBytes)
        {
            throw new CompileException(
                $"the pass needs {batch * program.Schedule.ArenaBytes / 1048576.0:F0} MiB for {batch} images; the limit is "
                + $"{_engine.MemoryLimitBytes / 1048576.0:F0} MiB");
        }

        return new OneDnnForwardPass(this, program, images, batch, withGradient);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (_forward.IsValueCreated)
            {
                _forward.Value.Dispose();
            }

            if (_gradient.IsValueCreated)
            {
                _gradient.Value.Dispose();
            }

            _weights.Dispose();
        }
    }

    /// <summary>The program with gradient, for tests and tuning.</summary>
    internal OneDnnProgram GradientProgram => _gradient.Value;

    /// <summary>The program without gradient, for tests and tuning.</summary>
    internal OneDnnProgram ForwardProgram => _forward.Value;

    private Schedule Plan(bool gradient)
    {
        var graph = RegionPlanner.Apply(GraphLowering.Lower(_graph, _options), _options.Regions);
        return PlanEmitter.Emit(graph, gradient, _fast ? ShimType.BFloat16 : ShimType.Float32, _engine.Block);
    }

    private OneDnnProgram Build(Schedule schedule) => _weights.Build(cache => new OneDnnProgram(schedule, cache, Threads));
}
