namespace CnnViz.Models.Hdf5;

/// <summary>What an object header's message is about; only those that are read.</summary>
internal enum MessageType
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    OldFillValue = 0x04,
    FillValue = 0x05,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    FilterPipeline = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

/// <summary>One message of an object header.</summary>
/// <param name="Type">As stored; may be one that is not read.</param>
/// <param name="Flags">Bit 1: the data is a reference to a message elsewhere.</param>
/// <param name="Data">The message's bytes; do not advance it, take <see cref="Open"/>.</param>
internal sealed record HeaderMessage(MessageType Type, byte Flags, BlockCursor Data)
{
    private const byte Shared = 0x02;

    /// <summary>A cursor at the message's beginning.</summary>
    public BlockCursor Open() => (Flags & Shared) == 0 ? Data.Rest()
        : throw Data.Context.Error(Data.At, $"shared messages are not supported (message type {(int)Type})");
}

/// <summary>An object's messages in the order they lie in the file.</summary>
internal sealed class ObjectHeader(FileContext context, long address, IReadOnlyList<HeaderMessage> messages)
{
    public long Address { get; } = address;

    public int MessageCount => messages.Count;

    public bool IsGroup =>
        messages.Any(message => message.Type is MessageType.SymbolTable or MessageType.LinkInfo or MessageType.Link);

    public bool IsDataset => Find(MessageType.Layout) is not null;

    public HeaderMessage? Find(MessageType type) => messages.FirstOrDefault(message => message.Type == type);

    public HeaderMessage Require(MessageType type) =>
        Find(type) ?? throw context.Error(Address, $"the object has no {type} message");

    public IEnumerable<HeaderMessage> All(MessageType type) => messages.Where(message => message.Type == type);
}
