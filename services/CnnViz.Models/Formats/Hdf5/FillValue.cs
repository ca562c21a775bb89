namespace CnnViz.Models.Hdf5;

/// <summary>What elements that were never written are.</summary>
internal static class FillValue
{
    /// <returns>One element's bytes; zeros when the file gives none.</returns>
    public static byte[] Read(FileContext context, ObjectHeader header, Datatype type)
    {
        var stored = header.Find(MessageType.FillValue) is { } message ? Parse(message.Open())
            : header.Find(MessageType.OldFillValue) is { } old ? Sized(old.Open())
            : null;
        if (stored is null || stored.Left == 0)
        {
            return new byte[type.Size];
        }

        return stored.Left == type.Size ? stored.Bytes(type.Size).ToArray()
            : throw context.Error(stored.At, $"a fill value has {stored.Left} bytes, an element {type.Size}");
    }

    private static BlockCursor? Parse(BlockCursor cursor)
    {
        var version = cursor.Version(1, 3, "a fill value");
        if (version == 3)
        {
            return (cursor.U8() & 0x20) != 0 ? Sized(cursor) : null;
        }

        // When space is allocated and when the value is written; neither matters to a reader.
        cursor.Skip(2);
        return cursor.U8() != 0 || version == 1 ? Sized(cursor) : null;
    }

    private static BlockCursor? Sized(BlockCursor cursor)
    {
        // Written as a signed number; -1 is undefined.
        var size = cursor.U32();
        return size == uint.MaxValue ? null : cursor.Slice(size);
    }
}
