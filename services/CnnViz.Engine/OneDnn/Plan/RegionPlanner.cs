namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>
/// Restricts every value to the cells that the targets' regions depend on, exactly: the loss's support, carried back through the
/// graph node by node.
/// </summary>
internal static class RegionPlanner
{
    /// <summary>Sets all regions, and inserts crops where one consumer needs less than another.</summary>
    /// <param name="graph">The graph; its node list is replaced.</param>
    /// <param name="regions">By target name, the cells that are read; all where it has none.</param>
    public static LoweredGraph Apply(LoweredGraph graph, IReadOnlyDictionary<string, CellRegion>? regions)
    {
        var needed = new Dictionary<PlanValue, CellRegion>();
        foreach (var (name, value) in graph.Targets)
        {
            var whole = CellRegion.Whole(value.Shape.Height, value.Shape.Width);
            var asked = regions is not null && value.Blocked && value.Shape.IsFeatureMap && regions.TryGetValue(name, out var some)
                ? Clip(some, whole)
                : whole;
            Need(needed, value, asked);
        }

        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (!needed.TryGetValue(node.Output, out var region))
            {
                continue;
            }

            region = node.Computes(region);
            node.Output.Region = region;
            for (var input = 0; input < node.Inputs.Count; input++)
            {
                Need(needed, node.Inputs[input], node.Needs(input, region));
            }
        }

        return graph with { Nodes = InsertCrops(graph.Nodes.Where(node => needed.ContainsKey(node.Output))) };
    }

    private static List<PlanNode> InsertCrops(IEnumerable<PlanNode> nodes)
    {
        var result = new List<PlanNode>();
        var crops = new Dictionary<(PlanValue, CellRegion), PlanValue>();
        foreach (var node in nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                var value = node.Inputs[i];
                var region = node.Needs(i, node.Output.Region);
                if (!value.Blocked || region == value.Region)
                {
                    continue;
                }

                if (!crops.TryGetValue((value, region), out var crop))
                {
                    crop = new PlanValue(value.Shape, blocked: true) { Region = region };
                    result.Add(new CropNode(value.Producer.Name, crop, value));
                    crops.Add((value, region), crop);
                }

                node.Replace(i, crop);
            }

            result.Add(node);
        }

        return result;
    }

    private static void Need(Dictionary<PlanValue, CellRegion> needed, PlanValue value, CellRegion region)
        => needed[value] = needed.TryGetValue(value, out var others) ? others.Union(region) : region;

    private static CellRegion Clip(CellRegion region, CellRegion whole)
    {
        var top = Math.Clamp(region.Top, 0, whole.Bottom - 1);
        var left = Math.Clamp(region.Left, 0, whole.Right - 1);
        return new CellRegion(
            top, Math.Clamp(region.Bottom, top + 1, whole.Bottom), left, Math.Clamp(region.Right, left + 1, whole.Right));
    }
}
