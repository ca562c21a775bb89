namespace CnnViz.Models.Hdf5;

/// <summary>Reads object headers of versions 1 and 2 with their continuation blocks.</summary>
internal sealed class ObjectHeaderReader
{
    private const int OldPrefix = 16;
    private const int Checksum = 4;
    private const byte CreationOrderTracked = 0x04;
    private const byte PhaseChangeStored = 0x10;
    private const byte TimesStored = 0x20;

    private readonly FileContext _context;
    private readonly WorkBudget _budget;
    private readonly List<HeaderMessage> _messages = [];
    private readonly Queue<(long At, long Length)> _continuations = [];
    private readonly HashSet<long> _visited = [];

    private ObjectHeaderReader(FileContext context, WorkBudget budget) => (_context, _budget) = (context, budget);

    private static ReadOnlySpan<byte> Signature => "OHDR"u8;

    private static ReadOnlySpan<byte> ContinuationSignature => "OCHK"u8;

    public static ObjectHeader Read(FileContext context, long address, WorkBudget budget)
    {
        var reader = new ObjectHeaderReader(context, budget);
        var start = context.Read(address, Signature.Length, budget, "an object header");
        if (start.Bytes(Signature.Length).SequenceEqual(Signature))
        {
            reader.ReadNew(address);
        }
        else
        {
            reader.ReadOld(address);
        }

        return new ObjectHeader(context, address, reader._messages);
    }

    private void ReadOld(long address)
    {
        var prefix = _context.Read(address, OldPrefix, _budget, "an object header");
        prefix.Version(1, 1, "an object header");

        // A reserved byte, the number of messages (the size bounds them) and the number of links to the object.
        prefix.Skip(1 + 2 + 4);
        AddOldMessages(_context.Read(address + OldPrefix, prefix.U32(), _budget, "an object header"));
        while (NextContinuation() is { } block)
        {
            AddOldMessages(block);
        }
    }

    private void AddOldMessages(BlockCursor block)
    {
        while (block.Left >= 8)
        {
            var type = block.U16();
            var size = block.U16();
            var flags = block.U8();
            block.Skip(3);
            Add((MessageType)type, flags, block.Slice(size));
        }
    }

    private void ReadNew(long address)
    {
        // Signature, version and flags; times, attribute bounds and the size follow as the flags say.
        var fixedPart = _context.Read(address, 6, _budget, "an object header");
        fixedPart.Skip(Signature.Length);
        fixedPart.Version(2, 2, "an object header");
        var flags = fixedPart.U8();
        var optional = ((flags & TimesStored) != 0 ? 16 : 0) + ((flags & PhaseChangeStored) != 0 ? 4 : 0);
        var sizeBytes = 1 << (flags & 3);
        var prefix = 6 + optional + sizeBytes;
        var cursor = _context.Read(address, prefix, _budget, "an object header");
        cursor.Skip(prefix - sizeBytes);
        var size = cursor.Count(sizeBytes);
        _context.Require(address, size, "an object header");
        var whole = _context.Read(address, prefix + size + Checksum, _budget, "an object header");
        whole.VerifyTrailingChecksum("an object header");
        whole.Skip(prefix);
        AddNewMessages(whole.Slice(size), flags);
        while (NextContinuation() is { } block)
        {
            block.VerifyTrailingChecksum("an object header's continuation");
            block.Signature(ContinuationSignature);
            AddNewMessages(block.Slice(block.Left - Checksum), flags);
        }
    }

    private void AddNewMessages(BlockCursor block, byte flags)
    {
        var headerSize = (flags & CreationOrderTracked) != 0 ? 6 : 4;

        // Fewer bytes than a message's header are a gap.
        while (block.Left >= headerSize)
        {
            var type = block.U8();
            var size = block.U16();
            var messageFlags = block.U8();
            block.Skip(headerSize - 4);
            Add((MessageType)type, messageFlags, block.Slice(size));
        }
    }

    private void Add(MessageType type, byte flags, BlockCursor data)
    {
        if (type == MessageType.Continuation)
        {
            _continuations.Enqueue((data.Address("a continuation"), data.Length()));
        }
        else if (Enum.IsDefined(type))
        {
            _messages.Add(new HeaderMessage(type, flags, data));
        }
    }

    private BlockCursor? NextContinuation()
    {
        if (!_continuations.TryDequeue(out var next))
        {
            return null;
        }

        return _visited.Add(next.At)
            ? _context.Read(next.At, next.Length, _budget, "an object header's continuation")
            : throw _context.Error(next.At, "an object header continues in a circle");
    }
}
