using System.ComponentModel.DataAnnotations;
using CnnViz.Models;

namespace CnnViz.Inference.Uploads;

/// <summary>Limits of what is taken in over gRPC: section "Uploads" of the settings.</summary>
internal sealed class ModelUploadOptions
{
    /// <summary>Bytes of one model's files together; default 2 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long Bytes { get; set; } = new ModelStoreLimits().Bytes;

    /// <summary>Bytes of all models that were taken in; default 64 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long TotalBytes { get; set; } = new ModelStoreLimits().TotalBytes;

    /// <summary>Models that were taken in; default 256.</summary>
    [Range(1, 100_000)]
    public int Models { get; set; } = new ModelStoreLimits().Models;

    /// <summary>Layers of one model; default 10,000.</summary>
    [Range(1, ModelLimits.MaxLayers)]
    public int Layers { get; set; } = new ModelStoreLimits().Layers;

    /// <summary>Weights of one model; default 1,000,000,000.</summary>
    [Range(1, long.MaxValue)]
    public long Parameters { get; set; } = new ModelStoreLimits().Parameters;

    /// <summary>Uploads under way at the same time; default 2. More are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 2;

    /// <summary>How long an upload may send nothing before it is given up; default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The limits as the store takes them.</summary>
    public ModelStoreLimits Limits() => new()
    {
        Bytes = Bytes,
        TotalBytes = TotalBytes,
        Models = Models,
        Layers = Layers,
        Parameters = Parameters,
    };
}
