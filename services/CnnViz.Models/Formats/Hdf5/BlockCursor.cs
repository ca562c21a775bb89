using System.Buffers.Binary;
using System.Text;

namespace CnnViz.Models.Hdf5;

/// <summary>Reads little-endian fields of a structure in order; nothing beyond its end.</summary>
internal sealed class BlockCursor(FileContext context, byte[] bytes, int start, int end, long fileOffset)
{
    /// <summary>Strict: two different damaged names must not decode to the same text.</summary>
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _position = start;

    public FileContext Context { get; } = context;

    /// <summary>Bytes not yet read.</summary>
    public int Left => end - _position;

    /// <summary>Where the next byte lies in the file.</summary>
    public long At => fileOffset + _position;

    public byte U8() => Bytes(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>An unsigned number of 1 to 8 bytes.</summary>
    public ulong Unsigned(int size)
    {
        var value = 0UL;
        var field = Bytes(size);
        for (var i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | field[i];
        }

        return value;
    }

    /// <summary>An unsigned number of 1 to 8 bytes, below 2^63.</summary>
    public long Count(int size)
    {
        var at = At;
        var value = Unsigned(size);
        return value <= long.MaxValue ? (long)value : throw Context.Error(at, $"{value} is no possible length");
    }

    /// <summary>A number of the file's length size.</summary>
    public long Length() => Count(Context.LengthSize);

    /// <summary>A place in the file; null when undefined, which the format writes as all ones.</summary>
    public long? OptionalAddress()
    {
        var at = At;
        var value = Unsigned(Context.OffsetSize);
        if (value == ulong.MaxValue >> (64 - (8 * Context.OffsetSize)))
        {
            return null;
        }

        return value <= (ulong)(Context.Length - Context.Base)
            ? (long)value + Context.Base
            : throw Context.Error(at, $"address {value} lies beyond the file's end at {Context.Length}");
    }

    public long Address(string what)
    {
        var at = At;
        return OptionalAddress() ?? throw Context.Error(at, $"the address of {what} is undefined");
    }

    public void Signature(ReadOnlySpan<byte> expected)
    {
        var at = At;
        if (!Bytes(expected.Length).SequenceEqual(expected))
        {
            throw Context.Error(at, $"'{Encoding.ASCII.GetString(expected)}' is missing where an address points to one");
        }
    }

    /// <summary>Reads a structure's version and refuses others.</summary>
    public int Version(int lowest, int highest, string what)
    {
        var at = At;
        var version = U8();
        return version >= lowest && version <= highest ? version
            : throw Context.Error(at, $"{what} has version {version}; {lowest} to {highest} are read");
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        Require(count);
        _position += count;
        return bytes.AsSpan(_position - count, count);
    }

    /// <summary>The next bytes as a structure of its own.</summary>
    public BlockCursor Slice(long count)
    {
        Require(count);
        _position += (int)count;
        return new BlockCursor(Context, bytes, _position - (int)count, _position, fileOffset);
    }

    /// <summary>The bytes not yet read, again; this cursor stays where it is.</summary>
    public BlockCursor Rest() => new(Context, bytes, _position, end, fileOffset);

    public void Skip(long count)
    {
        Require(count);
        _position += (int)count;
    }

    /// <summary>UTF-8 text of a given length; what follows a NUL is padding.</summary>
    public string Text(long length, string what)
    {
        var at = At;
        if (length is < 0 or > Hdf5Limits.MaxNameBytes)
        {
            throw Context.Error(at, $"{what} has {length} bytes, more than {Hdf5Limits.MaxNameBytes}");
        }

        var text = Bytes((int)length);
        var nul = text.IndexOf((byte)0);
        return Decode(Context, nul < 0 ? text : text[..nul], at, what);
    }

    /// <summary>UTF-8 text up to a NUL.</summary>
    public string TerminatedText(string what)
    {
        var at = At;
        var rest = bytes.AsSpan(_position, Math.Min(Left, Hdf5Limits.MaxNameBytes + 1));
        var nul = rest.IndexOf((byte)0);
        if (nul < 0)
        {
            throw Context.Error(at, $"{what} does not end within {rest.Length} bytes");
        }

        return Text(nul, what);
    }

    /// <summary>Checks the four bytes at the end against those before.</summary>
    public void VerifyTrailingChecksum(string what)
    {
        var length = Left - sizeof(uint);
        if (length < 0)
        {
            throw Context.Error(At, $"{what} is cut off");
        }

        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(_position + length));
        if (Context.VerifyChecksums && stored != Lookup3.Hash(bytes.AsSpan(_position, length)))
        {
            throw Context.Error(At, $"the checksum of {what} does not match: the file is damaged");
        }
    }

    public static string Decode(FileContext context, ReadOnlySpan<byte> text, long at, string what)
    {
        try
        {
            return _utf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException(context.Error(at, $"{what} is not valid UTF-8").Message, e);
        }
    }

    private void Require(long count)
    {
        if (count < 0 || count > Left)
        {
            throw Context.Error(At, $"a field of {count} bytes reaches beyond its structure, of which {Left} bytes are left");
        }
    }
}
