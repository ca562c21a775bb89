namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Places buffers in an arena so that those alive at the same time do not overlap.</summary>
internal static class ArenaLayout
{
    private const long Alignment = 64;

    /// <summary>Sets every buffer's place: the largest first, each at the lowest gap that fits among those it meets in time.</summary>
    /// <returns>Bytes of the arena.</returns>
    public static long Place(IReadOnlyList<PlanStep> steps, IEnumerable<PlanBuffer> pinned)
    {
        var buffers = new HashSet<PlanBuffer>(pinned);
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var buffer in steps[i].Touches)
            {
                buffers.Add(buffer);
                buffer.First = Math.Min(buffer.First, i);
                buffer.Last = Math.Max(buffer.Last, i);
            }
        }

        foreach (var buffer in buffers.Where(buffer => buffer.Pinned))
        {
            (buffer.First, buffer.Last) = (-1, steps.Count);
        }

        var placed = new List<PlanBuffer>();
        var end = 0L;
        foreach (var buffer in buffers.OrderByDescending(buffer => buffer.Bytes).ThenBy(buffer => buffer.First))
        {
            buffer.Offset = LowestGap(buffer, placed);
            placed.Add(buffer);
            end = Math.Max(end, buffer.Offset + Aligned(buffer.Bytes));
        }

        return Math.Max(end, Alignment);
    }

    private static long LowestGap(PlanBuffer buffer, List<PlanBuffer> placed)
    {
        var at = 0L;
        foreach (var other in placed.Where(other => other.First <= buffer.Last && buffer.First <= other.Last).OrderBy(other => other.Offset))
        {
            if (other.Offset - at >= Aligned(buffer.Bytes))
            {
                break;
            }

            at = Math.Max(at, other.Offset + Aligned(other.Bytes));
        }

        return at;
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
