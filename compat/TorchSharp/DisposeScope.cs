namespace TorchSharp;

/// <summary>Disposes the tensors that its thread creates while it is the innermost scope, unless they are moved out.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _innermost;

    private readonly DisposeScope? _outer;
    private readonly HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope()
    {
        _outer = _innermost;
        _innermost = this;
    }

    /// <summary>Moves a disposable to the scope around this one, or to none; returns it.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (_disposables.Remove(disposable))
        {
            SetOwner(disposable, _outer);
            _outer?.Add(disposable);
        }

        return disposable;
    }

    /// <summary>Takes a disposable out of all scopes; returns it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        if (_disposables.Remove(disposable))
        {
            SetOwner(disposable, null);
        }

        return disposable;
    }

    /// <summary>Whether the scope holds the disposable.</summary>
    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    /// <summary>Forgets a disposable that was disposed elsewhere.</summary>
    public void MarkAsDisposed(IDisposable disposable) => Detach(disposable);

    /// <summary>Disposes what the scope holds; the scope stays in use.</summary>
    public void DisposeEverything()
    {
        IDisposable[] held = [.. _disposables];
        _disposables.Clear();
        foreach (var disposable in held)
        {
            SetOwner(disposable, null);
            disposable.Dispose();
        }
    }

    /// <summary>Disposes what the scope holds and makes the scope around it the innermost.</summary>
    public void Dispose()
    {
        DisposeEverything();
        if (ReferenceEquals(_innermost, this))
        {
            _innermost = _outer;
        }
    }

    /// <summary>Adds a new tensor to the thread's innermost scope, which is returned.</summary>
    internal static DisposeScope? Register(torch.Tensor tensor)
    {
        _innermost?._disposables.Add(tensor);
        return _innermost;
    }

    private static void SetOwner(IDisposable disposable, DisposeScope? owner)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = owner;
        }
    }

    private void Add(IDisposable disposable)
    {
        _disposables.Add(disposable);
        SetOwner(disposable, this);
    }
}

public static partial class torch
{
    /// <summary>Opens a scope that disposes the tensors this thread creates until it is itself disposed.</summary>
    public static DisposeScope NewDisposeScope() => new();
}
