namespace CnnViz.Models;

/// <summary>How much is taken in.</summary>
public sealed record ModelStoreLimits
{
    /// <summary>Bytes of one model's files together; default 2 GiB.</summary>
    public long Bytes { get; init; } = 2L << 30;

    /// <summary>Files of one model; default 64.</summary>
    public int Files { get; init; } = 64;

    /// <summary>Layers of one model; default 10,000.</summary>
    public int Layers { get; init; } = 10_000;

    /// <summary>Weights of one model; default 1,000,000,000.</summary>
    public long Parameters { get; init; } = 1_000_000_000;

    /// <summary>Models that were taken in, in the whole root; default 256.</summary>
    public int Models { get; init; } = 256;

    /// <summary>Bytes of all models that were taken in; default 64 GiB.</summary>
    public long TotalBytes { get; init; } = 64L << 30;
}
