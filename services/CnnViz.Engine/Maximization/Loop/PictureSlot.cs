using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The buffers of one picture that ascends, allocated once per run and used for one filter after another, and the work on them
/// that concerns no other picture. Different slots may work concurrently.
/// </summary>
internal sealed class PictureSlot
{
    private readonly RecipeModules _modules;
    private readonly InputMapping _mapping;
    private readonly GradientBlurs _blurs;
    private readonly GradientMask? _mask;
    private readonly float[] _parameters;
    private readonly float[] _parameterGradient;
    private readonly float[] _state;
    private readonly float[] _image;
    private readonly float[] _imageGradient;
    private readonly float[] _viewGradient;
    private readonly float[] _seen;
    private readonly float[] _scratch;

    public PictureSlot(MaximizationOptions options, RecipeModules modules, InputMapping mapping)
    {
        (_modules, _mapping) = (modules, mapping);
        var parameterization = modules.Parameterization;
        var shape = parameterization.ImageShape;
        var pixels = checked((int)shape.ElementCount);
        _blurs = new GradientBlurs(shape, options.GradientBlurs);
        _mask = options.TransparencyMask ? new GradientMask(shape.Channels, pixels / shape.Channels) : null;
        _parameters = new float[parameterization.ParameterCount];
        _parameterGradient = new float[parameterization.ParameterCount];
        _state = new float[modules.Optimizer.StateLength(parameterization.ParameterCount)];
        _image = new float[pixels];
        _imageGradient = new float[pixels];
        _viewGradient = modules.Transforms.Count > 1 ? new float[pixels] : [];
        _seen = new float[shape.Channels * options.NetworkHeight * options.NetworkWidth];
        _scratch = new float[parameterization.ScratchLength];
    }

    /// <summary>The filter that the slot works on.</summary>
    public int Filter { get; private set; }

    /// <summary>Which of the filter's pictures.</summary>
    public int Variant { get; private set; }

    /// <summary>The objective at the last evaluation.</summary>
    public double Objective { get; set; }

    /// <summary>Euclidean norm of the last gradient to the picture; 0 while <see cref="HadGradient"/> is false.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Whether any step since the start had a gradient of the network's own.</summary>
    public bool HadGradient { get; private set; }

    public ReadOnlySpan<float> Image => _image;

    /// <summary>Takes on a filter: its own starting noise, fresh optimiser state.</summary>
    public void Start(int filter, int variant, ulong seed)
    {
        (Filter, Variant) = (filter, variant);
        HadGradient = false;
        Array.Clear(_state);
        _mask?.Clear();
        var stream = (uint)filter | ((ulong)variant << 32);
        _modules.Parameterization.Initialize(new CounterRandom(seed, RandomPurpose.Start, stream), _parameters);
    }

    /// <summary>A copy of what the next steps depend on.</summary>
    public PictureState Capture() =>
        new(_parameters.ToArray(), _state.ToArray(), _mask is null ? [] : _mask.Sum.ToArray(), HadGradient);

    /// <summary>Goes on from such a state, after <see cref="Start"/> with the same filter, variant and seed.</summary>
    /// <exception cref="ArgumentException">The state is of another recipe or size.</exception>
    public void Restore(PictureState state)
    {
        var mask = _mask is null ? [] : _mask.Sum;
        if (state.Parameters.Length != _parameters.Length
            || state.Optimizer.Length != _state.Length
            || state.Mask.Length != mask.Length)
        {
            throw new ArgumentException("the state is of another recipe or size", nameof(state));
        }

        state.Parameters.Span.CopyTo(_parameters);
        state.Optimizer.Span.CopyTo(_state);
        state.Mask.Span.CopyTo(mask);
        HadGradient = state.HadGradient;
    }

    /// <summary>Makes the picture and what the network receives of it, through the step's transforms.</summary>
    /// <param name="network">Receives (views, network channels, height, width).</param>
    public void Draw(Span<float> network)
    {
        _modules.Parameterization.Forward(_parameters, _image, _scratch);
        var length = network.Length / _modules.Transforms.Count;
        for (var view = 0; view < _modules.Transforms.Count; view++)
        {
            Show(_modules.Transforms[view], network.Slice(view * length, length));
        }
    }

    /// <summary>Makes the picture of the parameters as they stand and what the network receives of the whole of it.</summary>
    public void DrawWhole(Span<float> network)
    {
        _modules.Parameterization.Forward(_parameters, _image, _scratch);
        Show(_modules.Whole, network);
    }

    /// <summary>What the network receives of the picture as last drawn, through a view.</summary>
    /// <param name="view">From the picture to the network's size.</param>
    /// <param name="network">Receives (network channels, height, width).</param>
    public void Show(ITransform view, Span<float> network)
    {
        if (view.IsIdentity)
        {
            _mapping.Forward(_image, network);
            return;
        }

        view.Forward(_image, _seen);
        _mapping.Forward(_seen, network);
    }

    /// <summary>Sets <see cref="HadGradient"/> where the network's own gradient is not 0.</summary>
    /// <param name="networkGradient">(views, network channels, height, width).</param>
    public void NoteGradient(ReadOnlySpan<float> networkGradient)
    {
        if (!HadGradient)
        {
            PullBack(networkGradient);
            HadGradient = SquaredNorm.Of(_imageGradient) > 0;
        }
    }

    /// <summary>Pulls the gradient back from the network's input to the parameters and takes the step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="networkGradient">(views, network channels, height, width), of the network or with ReLUs relieved.</param>
    public void Ascend(int step, ReadOnlySpan<float> networkGradient)
    {
        PullBack(networkGradient);
        var norm = Math.Sqrt(SquaredNorm.Of(_imageGradient));
        GradientNorm = HadGradient || !double.IsFinite(norm) ? norm : 0;
        if (!double.IsFinite(norm))
        {
            return;
        }

        _mask?.Add(_imageGradient);
        foreach (var (penalty, weight) in _modules.Regularizers)
        {
            penalty.Add(_image, (float)-weight, _imageGradient);
        }

        _blurs.Apply(_imageGradient);
        _modules.Parameterization.Adjoint(_parameters, _image, _imageGradient, _parameterGradient, _scratch);
        _modules.Optimizer.Step(step, _parameters, _parameterGradient, _state);
    }

    /// <summary>Makes the picture of the parameters as they stand.</summary>
    public float[] CopyImage()
    {
        var copy = new float[_image.Length];
        _modules.Parameterization.Forward(_parameters, copy, _scratch);
        return copy;
    }

    /// <summary>The run's transparency mask; empty where none was asked for.</summary>
    public float[] CopyMask() => _mask?.Finish() ?? [];

    private void PullBack(ReadOnlySpan<float> networkGradient)
    {
        var length = networkGradient.Length / _modules.Transforms.Count;
        for (var view = 0; view < _modules.Transforms.Count; view++)
        {
            var transform = _modules.Transforms[view];
            var target = view == 0 ? _imageGradient : _viewGradient;
            var gradient = networkGradient.Slice(view * length, length);
            if (transform.IsIdentity)
            {
                _mapping.Adjoint(gradient, target);
            }
            else
            {
                _mapping.Adjoint(gradient, _seen);
                transform.Adjoint(_seen, target);
            }

            if (view > 0)
            {
                TensorPrimitives.Add(_imageGradient, _viewGradient, _imageGradient);
            }
        }
    }
}
