namespace CnnViz.Models.Hdf5;

/// <summary>How chunks tile a dataset. Chunks are counted row-major over the dataset's present extents.</summary>
internal sealed class ChunkGrid
{
    private readonly int[] _extents;
    private readonly int[] _chunk;
    private readonly int _elementSize;
    private readonly long[] _counts;
    private readonly long?[] _mostCounts;

    /// <param name="space">The dataset's extents.</param>
    /// <param name="chunk">A chunk's extents, as many as the dataset's.</param>
    /// <param name="elementSize">Bytes per element.</param>
    public ChunkGrid(Dataspace space, int[] chunk, int elementSize)
    {
        (_extents, _chunk, _elementSize) = (space.Extents, chunk, elementSize);
        _counts = [.. _extents.Select((extent, axis) => Tiles(extent, chunk[axis]))];
        _mostCounts = [.. space.Most.Select((most, axis) => most is { } bound ? Tiles(bound, chunk[axis]) : (long?)null)];
    }

    public int Rank => _chunk.Length;

    /// <summary>The axis that grows without bound; -1 when there is none.</summary>
    public int UnlimitedAxis => Array.FindIndex(_mostCounts, count => count is null);

    /// <summary>The count of the chunk at a position; null when it lies outside the dataset's present extents.</summary>
    public long? Number(ReadOnlySpan<long> position)
    {
        var number = 0L;
        for (var axis = 0; axis < Rank; axis++)
        {
            if (position[axis] < 0 || position[axis] >= _counts[axis])
            {
                return null;
            }

            number = (number * _counts[axis]) + position[axis];
        }

        return number;
    }

    /// <summary>The position of an entry of an index that is laid out for the extents that the dataset may grow to.</summary>
    /// <param name="entry">The entry's number, row-major with <paramref name="slowest"/> moved to the front.</param>
    /// <param name="slowest">The unlimited axis; -1 for none.</param>
    /// <param name="position">Takes a position for every axis.</param>
    public void Position(long entry, int slowest, Span<long> position)
    {
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            if (axis != slowest)
            {
                var count = Math.Max(1, _mostCounts[axis] ?? _counts[axis]);
                position[axis] = entry % count;
                entry /= count;
            }
        }

        if (slowest >= 0)
        {
            position[slowest] = entry;
        }
        else if (entry > 0 && Rank > 0)
        {
            // Beyond the last entry that the extents allow.
            position[0] = long.MaxValue;
        }
    }

    /// <summary>True when a chunk reaches beyond the dataset.</summary>
    public bool IsPartial(long number)
    {
        Span<long> origin = stackalloc long[Rank];
        Origin(number, origin);
        for (var axis = 0; axis < Rank; axis++)
        {
            if (origin[axis] + _chunk[axis] > _extents[axis])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts the part of a chunk that lies within the dataset.</summary>
    public void Put<TSink>(long number, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IElementSink, allows ref struct
    {
        Span<long> origin = stackalloc long[Rank];
        Span<int> valid = stackalloc int[Rank];
        Span<int> at = stackalloc int[Rank];
        Origin(number, origin);
        for (var axis = 0; axis < Rank; axis++)
        {
            valid[axis] = (int)Math.Min(_chunk[axis], _extents[axis] - origin[axis]);
        }

        // Row by row along the last axis, counting up the others.
        at.Clear();
        for (var more = true; more;)
        {
            long from = 0, to = 0;
            for (var axis = 0; axis < Rank; axis++)
            {
                from = (from * _chunk[axis]) + at[axis];
                to = (to * _extents[axis]) + origin[axis] + at[axis];
            }

            sink.Put(to, chunk.Slice((int)(from * _elementSize), valid[^1] * _elementSize));
            more = false;
            for (var axis = Rank - 2; axis >= 0 && !more; axis--)
            {
                more = ++at[axis] < valid[axis];
                at[axis] = more ? at[axis] : 0;
            }
        }
    }

    /// <summary>Without adding up, which could overflow.</summary>
    private static long Tiles(long extent, int chunk) => (extent / chunk) + (extent % chunk == 0 ? 0 : 1);

    private void Origin(long number, Span<long> origin)
    {
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            origin[axis] = number % _counts[axis] * _chunk[axis];
            number /= _counts[axis];
        }
    }
}
