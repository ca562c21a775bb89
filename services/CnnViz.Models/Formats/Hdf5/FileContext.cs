namespace CnnViz.Models.Hdf5;

/// <summary>The bytes of one file and the sizes in which it writes addresses and lengths.</summary>
internal sealed class FileContext(ByteSource source, string name)
{
    public ByteSource Source { get; } = source;

    public long Length { get; } = source.Length;

    /// <summary>Bytes of an address: 2, 4 or 8.</summary>
    public int OffsetSize { get; set; } = 8;

    /// <summary>Bytes of a length: 2, 4 or 8.</summary>
    public int LengthSize { get; set; } = 8;

    /// <summary>Where the superblock lies; addresses in the file count from there.</summary>
    public long Base { get; set; }

    public bool VerifyChecksums { get; init; } = true;

    public ModelFormatException Error(long at, string reason) => new($"{name}: byte {at}: {reason}");

    /// <summary>Reads a structure.</summary>
    /// <param name="at">First byte in the file.</param>
    /// <param name="length">In bytes; checked against the file and the budget before anything is allocated.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="what">What messages call it.</param>
    public BlockCursor Read(long at, long length, WorkBudget budget, string what)
    {
        Require(at, length, what);
        budget.Take(length, at);
        if (length > Array.MaxLength)
        {
            throw Error(at, $"{what} has {length} bytes");
        }

        var bytes = new byte[length];
        Source.Read(at, bytes);
        return new BlockCursor(this, bytes, 0, bytes.Length, at);
    }

    /// <summary>Checks that bytes lie within the file.</summary>
    public void Require(long at, long length, string what)
    {
        if (at < 0 || length < 0 || at > Length || length > Length - at)
        {
            throw Error(at, $"{what} of {length} bytes reaches beyond the file's end at {Length}");
        }
    }
}
