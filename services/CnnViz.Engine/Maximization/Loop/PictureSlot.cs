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
    private readonly float[] _parameters;
    private readonly float[] _parameterGradient;
    private readonly float[] _state;
    private readonly float[] _image;
    private readonly float[] _imageGradient;
    private readonly float[] _seen;
    private readonly float[] _scratch;

    public PictureSlot(RecipeModules modules, InputMapping mapping)
    {
        (_modules, _mapping) = (modules, mapping);
        var parameterization = modules.Parameterization;
        var pixels = checked((int)parameterization.ImageShape.ElementCount);
        _parameters = new float[parameterization.ParameterCount];
        _parameterGradient = new float[parameterization.ParameterCount];
        _state = new float[modules.Optimizer.StateLength(parameterization.ParameterCount)];
        _image = new float[pixels];
        _imageGradient = new float[pixels];
        _seen = modules.Transform.IsIdentity ? [] : new float[pixels];
        _scratch = new float[parameterization.ScratchLength];
    }

    /// <summary>The filter that the slot works on.</summary>
    public int Filter { get; private set; }

    /// <summary>The objective at the last evaluation.</summary>
    public double Objective { get; set; }

    /// <summary>Euclidean norm of the last gradient to the picture.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Whether any step since the start had a gradient.</summary>
    public bool HadGradient { get; private set; }

    public ReadOnlySpan<float> Image => _image;

    /// <summary>Takes on a filter: its own starting noise, fresh optimiser state.</summary>
    public void Start(int filter, ulong seed)
    {
        Filter = filter;
        HadGradient = false;
        Array.Clear(_state);
        _modules.Parameterization.Initialize(new CounterRandom(seed, RandomPurpose.Start, (ulong)filter), _parameters);
    }

    /// <summary>Makes the picture and what the network receives of it.</summary>
    /// <param name="network">Receives (network channels, height, width).</param>
    /// <param name="transformed">Whether the network sees it through the step's transform.</param>
    public void Draw(Span<float> network, bool transformed)
    {
        _modules.Parameterization.Forward(_parameters, _image, _scratch);
        if (transformed && !_modules.Transform.IsIdentity)
        {
            _modules.Transform.Forward(_image, _seen);
            _mapping.Forward(_seen, network);
        }
        else
        {
            _mapping.Forward(_image, network);
        }
    }

    /// <summary>Pulls the gradient back from the network's input to the parameters and takes the step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="networkGradient">(network channels, height, width).</param>
    public void Ascend(int step, ReadOnlySpan<float> networkGradient)
    {
        if (_modules.Transform.IsIdentity)
        {
            _mapping.Adjoint(networkGradient, _imageGradient);
        }
        else
        {
            _mapping.Adjoint(networkGradient, _seen);
            _modules.Transform.Adjoint(_seen, _imageGradient);
        }

        GradientNorm = Math.Sqrt(SquaredNorm.Of(_imageGradient));
        HadGradient |= GradientNorm > 0;
        if (!double.IsFinite(GradientNorm))
        {
            return;
        }

        _modules.Parameterization.Adjoint(_image, _imageGradient, _parameterGradient, _scratch);
        _modules.Optimizer.Step(step, _parameters, _parameterGradient, _state);
    }

    /// <summary>Makes the picture of the parameters as they stand.</summary>
    public float[] CopyImage()
    {
        var copy = new float[_image.Length];
        _modules.Parameterization.Forward(_parameters, copy, _scratch);
        return copy;
    }
}
