using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>The targets' activations and, with gradient, autograd's graph behind them or the tape of a pass with relief.</summary>
internal sealed class TorchForwardPass(
    TorchCompiledModel model,
    int batch,
    Tensor input,
    Dictionary<string, Tensor> activations,
    bool withGradient,
    RelievedTape? tape = null) : IForwardPass
{
    private bool _swept;
    private bool _disposed;

    public int Batch => batch;

    public void CopyActivation(string layer, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        model.PrepareThread();
        TorchCompiledModel.Download(Target(layer, destination.Length), destination);
    }

    public void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!withGradient || _swept)
        {
            throw new InvalidOperationException(_swept ? "Backward was called before." : "The pass was made without gradient.");
        }

        if (inputGradient.Length != batch * model.InputShape.ElementCount)
        {
            throw new ArgumentException(
                $"{batch} images of {model.InputShape} have {batch * model.InputShape.ElementCount} values, not {inputGradient.Length}", nameof(inputGradient));
        }

        var targets = cotangents.Select(pair => Target(pair.Key, pair.Value.Length)).ToList();
        _swept = true;
        if (targets.Count == 0)
        {
            inputGradient.Clear();
            return;
        }

        model.PrepareThread();
        using var scope = NewDisposeScope();
        var weights = cotangents.Zip(targets, (pair, target) => model.Upload(pair.Value.Span, target.shape)).ToList();
        var gradient = tape is null
            ? autograd.grad(targets, [input], weights)[0]
            : tape.Pull(cotangents.Keys.Select(model.StepOf).Zip(weights));
        TorchCompiledModel.Download(gradient, inputGradient);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            input.Dispose();
            tape?.Dispose();
            foreach (var activation in activations.Values)
            {
                activation.Dispose();
            }
        }
    }

    private Tensor Target(string layer, int length)
    {
        if (!activations.TryGetValue(layer, out var activation))
        {
            throw new ArgumentException($"'{layer}' is no target of this pass; the targets are {string.Join(", ", activations.Keys)}", nameof(layer));
        }

        var expected = batch * model.TargetShapes[layer].ElementCount;
        return length == expected
            ? activation
            : throw new ArgumentException($"{batch} activations of '{layer}' have {expected} values, not {length}", nameof(layer));
    }
}
