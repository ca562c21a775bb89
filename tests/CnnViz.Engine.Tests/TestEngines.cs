using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Torch;

namespace CnnViz.Engine.Tests;

/// <summary>The CPU engines by a test case's word for them.</summary>
internal static class TestEngines
{
    /// <param name="name">"torch", "torch channels-first", "onednn" or "onednn fast".</param>
    /// <param name="threads">Threads of a pass.</param>
    public static IEngine Create(string name, int threads) => name switch
    {
        "torch" => new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = threads, ChannelsLast = true }),
        "torch channels-first" => new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = threads, ChannelsLast = false }),
        "onednn" or "onednn fast" => new OneDnnEngine(new OneDnnEngineOptions { Threads = threads }),
        _ => throw new ArgumentException($"there is no engine '{name}'", nameof(name)),
    };

    /// <summary>The precision that a test case's word for an engine asks for.</summary>
    public static PrecisionMode PrecisionOf(string name)
        => name.EndsWith(" fast", StringComparison.Ordinal) ? PrecisionMode.Fast : PrecisionMode.Exact;
}
