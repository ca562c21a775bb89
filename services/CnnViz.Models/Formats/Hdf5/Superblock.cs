namespace CnnViz.Models.Hdf5;

/// <summary>The file's first structure.</summary>
/// <param name="RootAddress">The root group's object header.</param>
internal sealed record Superblock(long RootAddress)
{
    private const int FirstCandidate = 512;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Finds and reads the superblock and sets the context's sizes.</summary>
    public static Superblock Read(FileContext context)
    {
        context.Base = Find(context);

        // 104 bytes is the longest: version 1 with addresses of eight bytes.
        var size = Math.Min(104, context.Length - context.Base);
        var cursor = context.Read(context.Base, size, new WorkBudget(context), "the superblock");
        cursor.Skip(Signature.Length);
        var version = cursor.Version(0, 3, "the superblock");
        return version < 2 ? ReadOld(context, cursor, version) : ReadNew(context, cursor);
    }

    /// <summary>It lies at 0 or behind a user block of 512 bytes or a power of two times that.</summary>
    private static long Find(FileContext context)
    {
        Span<byte> start = stackalloc byte[8];
        for (long at = 0; at <= context.Length - start.Length; at = at == 0 ? FirstCandidate : at * 2)
        {
            context.Source.Read(at, start);
            if (start.SequenceEqual(Signature))
            {
                return at;
            }
        }

        throw context.Error(0, "it is no HDF5 file: the signature is missing");
    }

    private static Superblock ReadOld(FileContext context, BlockCursor cursor, int version)
    {
        cursor.Skip(4);
        ReadSizes(context, cursor);

        // A reserved byte, the ranks of the groups' trees and flags; version 1 adds the rank of the chunks' trees. A node says
        // itself how many entries it has.
        cursor.Skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        var start = cursor.Count(context.OffsetSize);
        cursor.OptionalAddress();
        RequireWhole(context, cursor, start);
        cursor.OptionalAddress();

        // The root's symbol table entry: an unused name, then the object header.
        cursor.Skip(context.OffsetSize);
        return new Superblock(cursor.Address("the root group"));
    }

    private static Superblock ReadNew(FileContext context, BlockCursor cursor)
    {
        ReadSizes(context, cursor);
        cursor.Skip(1);
        var start = cursor.Count(context.OffsetSize);
        cursor.OptionalAddress();
        RequireWhole(context, cursor, start);
        var root = cursor.Address("the root group");
        var length = Signature.Length + 4 + (4 * context.OffsetSize) + sizeof(uint);
        context.Read(context.Base, length, new WorkBudget(context), "the superblock").VerifyTrailingChecksum("the superblock");
        return new Superblock(root);
    }

    private static void ReadSizes(FileContext context, BlockCursor cursor)
    {
        var at = cursor.At;
        (context.OffsetSize, context.LengthSize) = (cursor.U8(), cursor.U8());
        if (context.OffsetSize is not (2 or 4 or 8) || context.LengthSize is not (2 or 4 or 8))
        {
            throw context.Error(at, $"addresses of {context.OffsetSize} and lengths of {context.LengthSize} bytes are not read");
        }
    }

    /// <summary>A download that was cut off is told as what it is.</summary>
    private static void RequireWhole(FileContext context, BlockCursor cursor, long start)
    {
        var at = cursor.At;
        var end = cursor.Count(context.OffsetSize);
        if (end < start || end - start > context.Length - context.Base)
        {
            throw context.Error(at, $"the file is truncated: it should have {end} bytes and has {context.Length}");
        }
    }
}
