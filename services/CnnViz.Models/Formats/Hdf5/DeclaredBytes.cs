namespace CnnViz.Models.Hdf5;

/// <summary>
/// Bounds what a file's datasets may declare together: stored ones the file's length, since they do not overlap; compressed or
/// never written ones what deflate could make of such a file.
/// </summary>
internal sealed class DeclaredBytes(FileContext context)
{
    private long _stored;
    private long _expanded;

    /// <param name="bytes">What one dataset declares.</param>
    /// <param name="stored">Whether its bytes lie in the file as they are.</param>
    /// <param name="at">The dataset's object header.</param>
    public void Add(long bytes, bool stored, long at)
    {
        ref var sum = ref stored ? ref _stored : ref _expanded;
        var most = stored ? context.Length
            : Math.Max(Hdf5Limits.MinDeclaredBytes, checked(Math.Min(context.Length, long.MaxValue / Hdf5Limits.MaxExpansion) * Hdf5Limits.MaxExpansion));
        sum = checked(sum + bytes);
        if (sum > most)
        {
            throw context.Error(at, $"the file's datasets declare {sum} bytes; one of {context.Length} bytes cannot hold more than {most}");
        }
    }
}
