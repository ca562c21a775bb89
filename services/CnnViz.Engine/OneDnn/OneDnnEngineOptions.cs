namespace CnnViz.Engine.OneDnn;

/// <summary>How the OneDnn engine runs.</summary>
public sealed record OneDnnEngineOptions
{
    /// <summary>Processor cores to use, 1..1024; 0 = all physical cores of this machine.</summary>
    public int Threads { get; init; }

    /// <summary>Most bytes that a pass over one image may take, besides weights; 0 = half of the memory there is.</summary>
    public long MemoryLimitBytes { get; init; }
}
