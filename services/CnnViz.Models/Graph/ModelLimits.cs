namespace CnnViz.Models;

/// <summary>Bounds beyond which a graph or request is taken for a mistake or an attack. None limits a real network.</summary>
public static class ModelLimits
{
    /// <summary>Largest input height or width, in pixels.</summary>
    public const int MaxInputExtent = 16_384;

    /// <summary>Most elements of one sample's tensor; larger ones could not be indexed by a 32-bit count.</summary>
    public const long MaxElements = int.MaxValue;

    /// <summary>Largest kernel, stride, dilation or padding, in pixels.</summary>
    public const int MaxSpatialAttribute = 4_096;

    /// <summary>Most axes of a tensor.</summary>
    public const int MaxRank = 8;

    /// <summary>Most layers or source nodes of a graph.</summary>
    public const int MaxLayers = 65_536;

    /// <summary>Longest layer or tensor name, in characters.</summary>
    public const int MaxNameLength = 512;
}
