namespace CnnViz.Models.Onnx;

/// <summary>How a protobuf field's value is encoded.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,

    /// <summary>A length and that many bytes: text, a message, or packed numbers.</summary>
    Delimited = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of one protobuf message in the order they lie in the file. Every length is checked against the enclosing
/// message; groups, which proto3 does not have, are refused.
/// </summary>
internal sealed class WireReader
{
    /// <summary>Deepest nesting of messages; ONNX without subgraphs needs seven.</summary>
    public const int MaxDepth = 32;

    private readonly WireBytes _bytes;
    private readonly long _end;
    private readonly int _depth;
    private long _position;

    public WireReader(WireBytes bytes)
        : this(bytes, 0, bytes.Length, 0)
    {
    }

    private WireReader(WireBytes bytes, long start, long end, int depth)
    {
        (_bytes, _position, _end, _depth) = (bytes, start, end, depth);
        if (depth > MaxDepth)
        {
            throw new ModelFormatException($"messages nest deeper than {MaxDepth} at byte {start}");
        }
    }

    /// <summary>The current field's number.</summary>
    public int Field { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>A delimited field's first byte in the file.</summary>
    public long Start { get; private set; }

    /// <summary>A delimited field's length in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The current field's bits, when it is not delimited.</summary>
    private ulong Bits { get; set; }

    /// <summary>Moves to the next field; false at the message's end.</summary>
    public bool Next()
    {
        if (_position == _end)
        {
            return false;
        }

        var at = _position;
        var tag = ReadVarint();
        Field = tag >> 3 is >= 1 and < 1 << 29 ? (int)(tag >> 3) : throw new ModelFormatException($"byte {at} begins no field");
        switch (tag & 7)
        {
            case 0:
                Type = WireType.Varint;
                Bits = ReadVarint();
                break;
            case 1:
                Type = WireType.Fixed64;
                Bits = ReadFixed(8);
                break;
            case 2:
                Type = WireType.Delimited;
                var length = ReadVarint();
                if (length > (ulong)(_end - _position))
                {
                    throw new ModelFormatException(
                        $"a field of {length} bytes at byte {at} reaches beyond its message's end at {_end}");
                }

                (Start, Length) = (_position, (long)length);
                _position += Length;
                break;
            case 5:
                Type = WireType.Fixed32;
                Bits = ReadFixed(4);
                break;
            default:
                throw new ModelFormatException($"byte {at} begins a field of wire type {tag & 7}, which is not known");
        }

        return true;
    }

    public WireReader Message() => new(_bytes, Require(WireType.Delimited).Start, Start + Length, _depth + 1);

    public string Text(int longest)
    {
        Require(WireType.Delimited);
        return Length <= longest
            ? _bytes.Text(Start, (int)Length)
            : throw new ModelFormatException($"the text at byte {Start} has {Length} bytes, more than {longest}");
    }

    public long Int64() => (long)Require(WireType.Varint).Bits;

    public float Single() => BitConverter.UInt32BitsToSingle((uint)Require(WireType.Fixed32).Bits);

    /// <summary>Adds a repeated number's values: packed, or one value of an unpacked list.</summary>
    /// <param name="values">Takes the values' bits.</param>
    /// <param name="element">Encoding of one value.</param>
    /// <param name="most">Most values that the list may come to.</param>
    public void AddBits(List<ulong> values, WireType element, int most)
    {
        if (Type != WireType.Delimited)
        {
            values.Add(Require(element).Bits);
        }
        else
        {
            var list = new WireReader(_bytes, Start, Start + Length, _depth + 1);
            while (list._position < list._end && values.Count <= most)
            {
                values.Add(element switch
                {
                    WireType.Varint => list.ReadVarint(),
                    WireType.Fixed32 => list.ReadFixed(4),
                    _ => list.ReadFixed(8),
                });
            }
        }

        if (values.Count > most)
        {
            throw new ModelFormatException($"the list at byte {Start} has more than {most} values");
        }
    }

    private WireReader Require(WireType type) => Type == type
        ? this
        : throw new ModelFormatException($"field {Field} before byte {_position} is encoded as {Type} instead of {type}");

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position >= _end)
            {
                throw new ModelFormatException($"a number is cut off at byte {_position}");
            }

            var next = _bytes.Byte(_position++);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new ModelFormatException($"the number before byte {_position} has more than 64 bits");
    }

    private ulong ReadFixed(int size)
    {
        if (_end - _position < size)
        {
            throw new ModelFormatException($"a number is cut off at byte {_position}");
        }

        _position += size;
        return _bytes.Fixed(_position - size, size);
    }
}
