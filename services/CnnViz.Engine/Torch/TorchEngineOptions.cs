namespace CnnViz.Engine.Torch;

/// <summary>How a <see cref="TorchEngine"/> runs; the defaults suit one process on one machine.</summary>
public sealed record TorchEngineOptions
{
    /// <summary>"cpu", "cuda:0" or another CUDA device; null (the default) is the first CUDA device if there is one, else the CPU.</summary>
    public string? Device { get; init; }

    /// <summary>Threads of one pass on the CPU, 1..1024; 0 (the default) is the machine's physical cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Most bytes that one pass may be estimated to take, at least 1 MiB; 0 (the default) is half of the memory available to the
    /// process, or four fifths of the CUDA device's memory.
    /// </summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>
    /// Whether feature maps lie channels-last in memory; null (the default) chooses what is faster on the device. Results agree
    /// to rounding.
    /// </summary>
    public bool? ChannelsLast { get; init; }
}
