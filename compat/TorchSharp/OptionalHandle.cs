namespace TorchSharp;

/// <summary>Keeps an optional tensor's native handle alive for one call; zero stands for none.</summary>
internal ref struct OptionalHandle : IDisposable
{
    private TensorHandle? _held;

    public OptionalHandle(torch.Tensor? tensor)
    {
        if (tensor is not null)
        {
            var added = false;
            var handle = tensor.Valid;
            handle.DangerousAddRef(ref added);
            _held = handle;
            Pointer = handle.DangerousGetHandle();
        }
    }

    public nint Pointer { get; }

    public void Dispose()
    {
        _held?.DangerousRelease();
        _held = null;
    }
}
