using System.Runtime.InteropServices;
using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>A plan with its weights on a device.</summary>
internal sealed class TorchCompiledModel : ICompiledModel
{
    private readonly TorchEngine _engine;
    private readonly Device _device;
    private readonly ExecutionPlan _plan;
    private readonly TorchWeights _weights;
    private readonly LayerFunction[] _functions;
    private readonly List<Tensor> _constants = [];
    private readonly CompileOptions _options;
    private int _disposed;

    /// <param name="engine">The engine that compiles.</param>
    /// <param name="device">Where the model runs.</param>
    /// <param name="plan">What it runs.</param>
    /// <param name="weights">The model's weights; owned from here on, also when this throws.</param>
    /// <param name="options">What the plan was made for.</param>
    public TorchCompiledModel(
        TorchEngine engine, Device device, ExecutionPlan plan, TorchWeights weights, CompileOptions options)
    {
        _options = options;
        _engine = engine;
        _device = device;
        _plan = plan;
        _weights = weights;
        TargetShapes = plan.Targets.ToDictionary(target => target.Key, target => plan.Steps[target.Value].Output, StringComparer.Ordinal);
        PreferredBatch = BatchSize.Preferred(engine, plan.BytesPerImage);
        try
        {
            _functions = [.. plan.Steps.Select(BuildFunction)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TensorShape InputShape => _plan.Input;

    public IReadOnlyDictionary<string, TensorShape> TargetShapes { get; }

    public int Threads => _engine.Threads;

    public string Precision => _engine.Precision;

    public int PreferredBatch { get; }

    public long EstimatedBytesPerImage => _plan.BytesPerImage;

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

        var bytes = checked(batch * _plan.BytesPerImage);
        if (withGradient && bytes > _engine.MemoryLimitBytes)
        {
            throw new CompileException(_engine.TooLarge(bytes, batch, "the pass"));
        }

        _engine.PrepareThread();
        using var scope = NewDisposeScope();
        using var mode = withGradient ? enable_grad() : no_grad();
        var input = Upload(images, [batch, .. InputShape.Dims.Select(extent => (long)extent)]);
        if (_options.ReluRelief && withGradient)
        {
            var tape = RelievedTape.Record(_plan, _functions, input);
            return new TorchForwardPass(this, batch, input.MoveToOuterDisposeScope(), Targets(tape.Output), withGradient, tape);
        }

        input.requires_grad = withGradient;
        var kept = Run(input);
        return new TorchForwardPass(this, batch, input.MoveToOuterDisposeScope(), kept, withGradient);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _weights.Dispose();
            foreach (var constant in _constants)
            {
                constant.Dispose();
            }
        }
    }

    /// <summary>Copies values to a new tensor on the device, in the engine's memory order; outside autograd's graph.</summary>
    internal Tensor Upload(ReadOnlySpan<float> values, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var staged = empty(shape);
        var perImage = values.Length / (int)shape[0];

        // Image by image: a tensor's bytes are reached through a span, which ends at 2 GiB.
        for (var i = 0; i < shape[0]; i++)
        {
            using var image = staged.narrow(0, i, 1);
            MemoryMarshal.AsBytes(values.Slice(i * perImage, perImage)).CopyTo(image.bytes);
        }

        var moved = staged.to(_device);
        return (_engine.ChannelsLast && shape.Length == 4 ? MemoryOrder.ChannelsLast(moved) : moved).MoveToOuterDisposeScope();
    }

    /// <summary>Copies a tensor's values, (batch, ...), row-major.</summary>
    internal static void Download(Tensor source, Span<float> destination)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = source.detach().contiguous().to(CPU);
        var batch = (int)values.shape[0];
        var perImage = destination.Length / batch;
        for (var i = 0; i < batch; i++)
        {
            using var image = values.narrow(0, i, 1);
            MemoryMarshal.Cast<byte, float>(image.bytes).CopyTo(destination.Slice(i * perImage, perImage));
        }
    }

    /// <summary>The step that a target is the output of.</summary>
    internal int StepOf(string target) => _plan.Targets[target];

    internal void PrepareThread() => _engine.PrepareThread();

    private LayerFunction BuildFunction(ExecutionStep step)
    {
        // Constants that a layer makes outlive the scope that catches what it made on the way.
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        return LayerFunctions.Build(new LayerContext(
            step.Layer, step.InputShapes, step.Output, _weights, _device, step.InPlace && !_options.ReluRelief, constant =>
            {
                _constants.Add(constant.DetachFromDisposeScope());
                return constant;
            }));
    }

    /// <summary>
    /// Runs the steps. A handle is disposed after its last use: without gradient that frees the activation, with gradient autograd
    /// keeps those it needs.
    /// </summary>
    private Dictionary<string, Tensor> Run(Tensor input)
    {
        var outputs = new Tensor[_plan.Steps.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var step = _plan.Steps[i];
            using (NewDisposeScope())
            {
                Tensor[] inputs = step.Layer.Op is InputOp ? [input] : [.. step.Inputs.Select(source => outputs[source])];
                outputs[i] = _functions[i](inputs).MoveToOuterDisposeScope();
            }

            foreach (var source in step.Releases)
            {
                outputs[source].Dispose();
            }
        }

        return Targets(step => outputs[step]);
    }

    /// <summary>The targets' activations. Two names may mean one step; each gets a handle of its own.</summary>
    private Dictionary<string, Tensor> Targets(Func<int, Tensor> output) => _plan.Targets.ToDictionary(
        target => target.Key, target => output(target.Value).alias().MoveToOuterDisposeScope(), StringComparer.Ordinal);
}
