namespace CnnViz.Models.Hdf5;

/// <summary>One filter that chunks went through.</summary>
/// <param name="Id">The registered number.</param>
/// <param name="Parameters">Its client data.</param>
internal sealed record ChunkFilter(int Id, uint[] Parameters)
{
    public const int Deflate = 1;
    public const int Shuffle = 2;
    public const int Fletcher32 = 3;

    /// <summary>What messages call a filter that is not read.</summary>
    public string Name => Id switch
    {
        4 => "szip",
        5 => "n-bit",
        6 => "scale-offset",
        32000 => "lzf",
        32001 => "blosc",
        32004 => "lz4",
        32015 => "zstd",
        _ => "unknown",
    };
}

/// <summary>The filters in the order in which chunks went through them.</summary>
internal static class FilterPipeline
{
    private const int FirstOptionalName = 256;

    public static IReadOnlyList<ChunkFilter> Parse(BlockCursor cursor)
    {
        var at = cursor.At;
        var version = cursor.Version(1, 2, "a filter pipeline");
        int count = cursor.U8();
        if (count > Hdf5Limits.MaxFilters)
        {
            throw cursor.Context.Error(at, $"{count} filters; at most {Hdf5Limits.MaxFilters} are possible");
        }

        cursor.Skip(version == 1 ? 6 : 0);
        var filters = new List<ChunkFilter>();
        for (var i = 0; i < count; i++)
        {
            var id = cursor.U16();
            int nameLength = version == 1 || id >= FirstOptionalName ? cursor.U16() : 0;
            cursor.Skip(2);
            var parameters = new uint[cursor.U16()];
            cursor.Skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength);
            for (var k = 0; k < parameters.Length; k++)
            {
                parameters[k] = cursor.U32();
            }

            cursor.Skip(version == 1 && parameters.Length % 2 == 1 ? sizeof(uint) : 0);
            filters.Add(new ChunkFilter(id, parameters));
        }

        return filters;
    }
}
