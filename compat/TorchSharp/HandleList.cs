namespace TorchSharp;

/// <summary>Keeps a list of tensors' native handles alive for one call.</summary>
internal ref struct HandleList : IDisposable
{
    private readonly TensorHandle[] _held;
    private int _count;

    public HandleList(IList<torch.Tensor>? tensors)
    {
        var length = tensors?.Count ?? 0;
        Pointers = new nint[length];
        _held = new TensorHandle[length];
        try
        {
            for (var i = 0; i < length; i++)
            {
                var handle = tensors![i].Valid;
                var added = false;
                handle.DangerousAddRef(ref added);
                _held[_count++] = handle;
                Pointers[i] = handle.DangerousGetHandle();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public nint[] Pointers { get; }

    public void Dispose()
    {
        while (_count > 0)
        {
            _held[--_count].DangerousRelease();
        }
    }
}
