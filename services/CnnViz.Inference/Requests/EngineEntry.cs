using CnnViz.Engine;

namespace CnnViz.Inference.Requests;

/// <summary>An engine that this host knows, made when first asked for.</summary>
/// <param name="name">As requests name it.</param>
/// <param name="whyNot">What is missing on this machine; null where the engine can be made.</param>
/// <param name="create">Makes it; called once.</param>
/// <param name="accelerated">Whether it has a device faster than the CPU; null for never.</param>
internal sealed class EngineEntry(string name, Func<string?> whyNot, Func<IEngine> create, Func<bool>? accelerated = null)
{
    private readonly Lazy<bool> _accelerated = new(() => accelerated?.Invoke() ?? false);
    private readonly Lazy<IEngine> _engine = new(create);
    private readonly Lazy<string?> _whyNot = new(whyNot);

    public string Name => name;

    /// <summary>What is missing on this machine; null where the engine can be had.</summary>
    public string? WhyNot => _whyNot.Value;

    /// <summary>Whether it has a device faster than the CPU.</summary>
    public bool Accelerated => _accelerated.Value;

    /// <summary>The engine; only where nothing is missing.</summary>
    public IEngine Engine => _engine.Value;
}
