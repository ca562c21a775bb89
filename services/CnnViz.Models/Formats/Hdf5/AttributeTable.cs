namespace CnnViz.Models.Hdf5;

/// <summary>Finds an object's attributes: in its header, or in a heap where there are many.</summary>
internal static class AttributeTable
{
    private const int RecordType = 8;

    /// <param name="context">The file.</param>
    /// <param name="header">The object.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="names">What may still be decoded.</param>
    public static Dictionary<string, AttributeMessage> Read(
        FileContext context, ObjectHeader header, WorkBudget budget, WorkBudget names)
    {
        var attributes = new Dictionary<string, AttributeMessage>(StringComparer.Ordinal);
        foreach (var message in header.All(MessageType.Attribute))
        {
            Add(attributes, message.Open(), names);
        }

        if (header.Find(MessageType.AttributeInfo) is not { } info)
        {
            return attributes;
        }

        var cursor = info.Open();
        cursor.Version(0, 0, "an object's attribute info");
        cursor.Skip((cursor.U8() & 1) != 0 ? 2 : 0);
        if (cursor.OptionalAddress() is { } heapAddress)
        {
            var heap = FractalHeap.Read(context, heapAddress, budget);
            BTree2.Visit(context, cursor.Address("an object's attribute index"), RecordType, budget, record =>
            {
                var message = heap.Find(record, budget);
                if ((record.U8() & 2) != 0)
                {
                    throw context.Error(record.At, "shared attributes are not supported");
                }

                Add(attributes, message, names);
            });
        }

        return attributes;
    }

    private static void Add(Dictionary<string, AttributeMessage> attributes, BlockCursor cursor, WorkBudget names)
    {
        var at = cursor.At;
        var attribute = AttributeMessage.Parse(cursor);
        names.Take(attribute.Name.Length, at);
        if (attributes.Count >= Hdf5Limits.MaxAttributes || !attributes.TryAdd(attribute.Name, attribute))
        {
            throw cursor.Context.Error(
                at, $"two attributes are named '{attribute.Name}', or there are more than {Hdf5Limits.MaxAttributes}");
        }
    }
}
