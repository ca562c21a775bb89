namespace CnnViz.Models.Hdf5;

/// <summary>
/// Bounds what a file's datasets may declare together: stored ones little more than the file's length, since they do not overlap
/// (though some may be linked twice); compressed or never written ones what deflate could make of such a file.
/// </summary>
internal sealed class DeclaredBytes(FileContext context)
{
    /// <summary>Every dataset may be linked twice.</summary>
    private const int StoredPerByte = 2;

    private long _stored;
    private long _expanded;

    /// <param name="bytes">What one dataset declares.</param>
    /// <param name="stored">Whether its bytes lie in the file as they are.</param>
    /// <param name="at">The dataset's object header.</param>
    public void Add(long bytes, bool stored, long at)
    {
        ref var sum = ref stored ? ref _stored : ref _expanded;
        var most = stored ? StoredPerByte * context.Length : Math.Max(Hdf5Limits.MinDeclaredBytes, Expansion());
        sum = checked(sum + bytes);
        if (sum > most)
        {
            throw context.Error(at, $"the file's datasets declare {sum} bytes; {context.Length} cannot hold more than {most}");
        }
    }

    private long Expansion() => Math.Min(context.Length, long.MaxValue / Hdf5Limits.MaxExpansion) * Hdf5Limits.MaxExpansion;
}
