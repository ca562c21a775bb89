using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>A compiled model with the host memory for passes over a number of samples, allocated once per run.</summary>
internal sealed class NetworkBuffers
{
    private readonly ICompiledModel _model;
    private readonly float[] _input;
    private readonly float[] _gradient;
    private readonly int _inputLength;
    private readonly LayerBuffer[] _layers;
    private readonly Dictionary<string, ReadOnlyMemory<float>> _cotangents = [];

    /// <param name="model">Compiled for the layers.</param>
    /// <param name="layers">Names of the layers that are read, each once.</param>
    /// <param name="samples">Most samples of one pass.</param>
    public NetworkBuffers(ICompiledModel model, IReadOnlyList<string> layers, int samples)
    {
        _model = model;
        _inputLength = checked((int)model.InputShape.ElementCount);
        _input = new float[checked(samples * _inputLength)];
        _gradient = new float[_input.Length];
        _layers = [.. layers.Select(name => new LayerBuffer(name, model.TargetShapes[name], samples))];
        Samples = samples;
    }

    /// <summary>Most samples of one pass.</summary>
    public int Samples { get; }

    public IReadOnlyList<LayerBuffer> Layers => _layers;

    /// <summary>What the network receives for consecutive samples.</summary>
    public Span<float> Input(int first, int count) => _input.AsSpan(first * _inputLength, count * _inputLength);

    /// <summary>The gradient to it, after <see cref="Backward"/>.</summary>
    public Span<float> Gradient(int first, int count) => _gradient.AsSpan(first * _inputLength, count * _inputLength);

    public LayerBuffer Layer(string name) => Array.Find(_layers, layer => layer.Name == name)!;

    /// <summary>Runs the first samples and fetches every layer's activations.</summary>
    /// <param name="samples">How many.</param>
    /// <param name="withGradient">Whether <see cref="Backward"/> follows.</param>
    /// <param name="instead">Another model of the same network, size and layers; null for the buffers' own.</param>
    public IForwardPass Forward(int samples, bool withGradient, ICompiledModel? instead = null)
    {
        var pass = (instead ?? _model).Forward(Input(0, samples), samples, withGradient);
        foreach (var layer in _layers)
        {
            pass.CopyActivation(layer.Name, layer.Activation(0, samples));
        }

        return pass;
    }

    /// <summary>Pulls every layer's cotangents back to the input.</summary>
    public void Backward(IForwardPass pass)
    {
        foreach (var layer in _layers)
        {
            _cotangents[layer.Name] = layer.CotangentMemory(pass.Batch);
        }

        pass.Backward(_cotangents, Gradient(0, pass.Batch));
    }
}

/// <summary>One layer's activations and cotangents for a number of samples.</summary>
internal sealed class LayerBuffer(string name, TensorShape shape, int samples)
{
    private readonly float[] _activation = new float[checked(samples * (int)shape.ElementCount)];
    private readonly float[] _cotangent = new float[checked(samples * (int)shape.ElementCount)];

    public string Name => name;

    public TensorShape Shape => shape;

    /// <summary>Values of one sample.</summary>
    public int Length { get; } = (int)shape.ElementCount;

    public Span<float> Activation(int first, int count = 1) => _activation.AsSpan(first * Length, count * Length);

    public Span<float> Cotangent(int first, int count = 1) => _cotangent.AsSpan(first * Length, count * Length);

    public ReadOnlyMemory<float> CotangentMemory(int count) => _cotangent.AsMemory(0, count * Length);
}
