namespace CnnViz.Models.Hdf5;

/// <summary>
/// Bounds the bytes of structures that are read, or of names that are decoded. Honest structures do not overlap, so that together
/// they are no larger than their file; hostile ones may lie on top of one another in any number.
/// </summary>
internal sealed class WorkBudget
{
    /// <summary>
    /// Beginnings of blocks are read once for their length and once with the block; strings are read with their heap and decoded.
    /// </summary>
    public const int ReadsPerByte = 2;

    /// <summary>A name is part of its own path and of the paths of what lies below.</summary>
    public const int NamesPerByte = 4;

    private const long Slack = 64 * 1024;

    private readonly FileContext _context;
    private long _left;

    /// <param name="context">The file.</param>
    /// <param name="perByte">How often each of its bytes may count.</param>
    public WorkBudget(FileContext context, int perByte = ReadsPerByte)
    {
        _context = context;
        _left = (perByte * context.Length) + Slack;
    }

    /// <param name="bytes">To be read or decoded, at least 0.</param>
    /// <param name="at">Where, for the message.</param>
    public void Take(long bytes, long at)
    {
        _left -= bytes;
        if (_left < 0)
        {
            throw _context.Error(at, "the file's structures overlap: reading them takes more bytes than it has");
        }
    }
}
