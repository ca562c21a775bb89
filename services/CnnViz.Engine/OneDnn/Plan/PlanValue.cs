using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>One sample's tensor in a plan: a node's output.</summary>
internal sealed class PlanValue(TensorShape shape, bool blocked)
{
    /// <summary>The whole tensor's shape; of it, only <see cref="Region"/> is computed.</summary>
    public TensorShape Shape { get; } = shape;

    /// <summary>Whether it lies in channel blocks, rank 1 as (features, 1, 1); else row-major.</summary>
    public bool Blocked { get; } = blocked;

    /// <summary>The cells that are computed. Row-major values other than the picture are always whole.</summary>
    public CellRegion Region { get; set; } = CellRegion.Whole(shape.Height, shape.Width);

    /// <summary>The node whose output it is.</summary>
    public PlanNode Producer { get; set; } = null!;

    /// <summary>Nodes that take it, once per use.</summary>
    public List<PlanNode> Consumers { get; } = [];

    /// <summary>Whether the caller reads it and gives it cotangents.</summary>
    public bool IsTarget { get; set; }

    public int Channels => Shape.Channels;

    public int Height => Region.Height;

    public int Width => Region.Width;

    /// <summary>Elements of the region, without padding of blocks.</summary>
    public long Count => Blocked || Shape.IsFeatureMap ? (long)Channels * Height * Width : Shape.ElementCount;
}
