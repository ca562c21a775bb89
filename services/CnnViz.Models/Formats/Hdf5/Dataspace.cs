namespace CnnViz.Models.Hdf5;

/// <summary>How many elements there are, and along which axes.</summary>
/// <param name="Extents">Each at least 0; empty for a scalar; (0) where the file says that there is no data at all.</param>
/// <param name="Most">How far each extent may grow; null is without bound.</param>
internal sealed record Dataspace(int[] Extents, long?[] Most)
{
    private const int ScalarKind = 0;
    private const int SimpleKind = 1;
    private const int NullKind = 2;

    public long ElementCount { get; } = Extents.Aggregate(1L, (product, extent) => product * extent);

    public static Dataspace Parse(BlockCursor cursor)
    {
        var context = cursor.Context;
        var at = cursor.At;
        var version = cursor.Version(1, 2, "a dataspace");
        int rank = cursor.U8();
        var flags = cursor.U8();
        int kind = rank == 0 ? ScalarKind : SimpleKind;
        if (version == 1)
        {
            cursor.Skip(5);
        }
        else
        {
            kind = cursor.U8();
        }

        if (rank > Hdf5Limits.MaxRank || kind > NullKind || (kind != SimpleKind && rank != 0))
        {
            throw context.Error(at, $"a dataspace of kind {kind} has {rank} axes; at most {Hdf5Limits.MaxRank} are possible");
        }

        if (kind == NullKind)
        {
            return new Dataspace([0], [0]);
        }

        var extents = new int[rank];
        var product = 1L;
        for (var i = 0; i < rank; i++)
        {
            var extent = cursor.Length();
            product = extent > int.MaxValue ? long.MaxValue : product * Math.Max(1, extent);
            if (product > ModelLimits.MaxElements)
            {
                throw context.Error(at, $"a dataspace has more than {ModelLimits.MaxElements} elements");
            }

            extents[i] = (int)extent;
        }

        long?[] most = [.. extents.Select(extent => (long?)extent)];
        for (var i = 0; i < rank && (flags & 1) != 0; i++)
        {
            var bound = cursor.Unsigned(context.LengthSize);
            most[i] = bound == ulong.MaxValue >> (64 - (8 * context.LengthSize)) ? null
                : bound >= (ulong)extents[i] && bound <= long.MaxValue ? (long)bound
                : throw context.Error(at, $"axis {i} of a dataspace has extent {extents[i]}, beyond its bound {bound}");
        }

        return new Dataspace(extents, most);
    }
}
