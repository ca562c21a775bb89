using System.Buffers.Binary;

namespace CnnViz.Models.Hdf5;

/// <summary>Decodes strings of fixed length, and those of variable length from the global heap.</summary>
/// <param name="context">The file.</param>
/// <param name="type">A string type.</param>
/// <param name="at">Where messages say that the strings lie.</param>
internal sealed class StringDecoder(FileContext context, Datatype type, long at)
{
    private readonly WorkBudget _budget = new(context);
    private readonly Dictionary<long, GlobalHeapCollection> _collections = [];

    /// <param name="context">The file.</param>
    /// <param name="type">A string type.</param>
    /// <param name="space">How many.</param>
    /// <param name="data">At the first; holds them all.</param>
    public static IReadOnlyList<string> Read(FileContext context, Datatype type, Dataspace space, BlockCursor data)
    {
        RequireFew(context, space.ElementCount, data.At);
        var sink = new StringSink(context, type, space.ElementCount, data.At);
        sink.Put(0, data.Bytes(checked((int)(space.ElementCount * type.Size))));
        return sink.Values;
    }

    public static void RequireFew(FileContext context, long count, long at)
    {
        if (count > Hdf5Limits.MaxStrings)
        {
            throw context.Error(at, $"{count} strings; at most {Hdf5Limits.MaxStrings} are read");
        }
    }

    public string Decode(ReadOnlySpan<byte> element) => type.IsVariableLength ? Variable(element) : Fixed(element);

    private string Fixed(ReadOnlySpan<byte> element)
    {
        if (type.IsNulTerminated)
        {
            var nul = element.IndexOf((byte)0);
            element = nul < 0 ? element : element[..nul];
        }
        else
        {
            element = element.TrimEnd(type.IsSpacePadded ? (byte)' ' : (byte)0);
        }

        return BlockCursor.Decode(context, element, at, "a string");
    }

    private string Variable(ReadOnlySpan<byte> element)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(element);
        if (length == 0)
        {
            return "";
        }

        // A reference: the collection's address and the object's number, after the length.
        var reference = new BlockCursor(context, element[sizeof(uint)..].ToArray(), 0, element.Length - sizeof(uint), at);
        var address = reference.Address("a string");
        if (!_collections.TryGetValue(address, out var collection))
        {
            collection = GlobalHeapCollection.Read(context, address, _budget);
            _collections.Add(address, collection);
        }

        _budget.Take(length, address);
        var text = collection.Find(reference.U32()).Bytes((int)Math.Min(length, int.MaxValue));
        var nul = text.IndexOf((byte)0);
        return BlockCursor.Decode(context, nul < 0 ? text : text[..nul], address, "a string");
    }
}
