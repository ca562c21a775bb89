namespace CnnViz.Models.Hdf5;

/// <summary>
/// Bounds the bytes of structures that are read. Honest structures do not overlap, so that together they are no larger than their
/// file; hostile ones may lie on top of one another in any number.
/// </summary>
internal sealed class WorkBudget
{
    /// <summary>Beginnings of blocks are read once for their length and once with the block.</summary>
    private const int ReadsPerByte = 2;

    private const long Slack = 64 * 1024;

    private readonly FileContext _context;
    private long _left;

    public WorkBudget(FileContext context)
    {
        _context = context;
        _left = (ReadsPerByte * context.Length) + Slack;
    }

    /// <param name="bytes">To be read, at least 0.</param>
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
