namespace CnnViz.Models.Hdf5;

/// <summary>How one element is stored.</summary>
/// <param name="ElementType">What it is.</param>
/// <param name="Size">Bytes per element, at least 1.</param>
internal sealed record Datatype(Hdf5ElementType ElementType, int Size)
{
    private const int FixedPoint = 0;
    private const int FloatingPoint = 1;
    private const int Text = 3;
    private const int Enumeration = 8;
    private const int VariableLength = 9;
    private const int Array = 10;

    public bool IsBigEndian { get; init; }

    /// <summary>Strings whose elements are references into the global heap.</summary>
    public bool IsVariableLength { get; init; }

    /// <summary>Strings padded with spaces; else with NULs.</summary>
    public bool IsSpacePadded { get; init; }

    /// <summary>Strings that end at their first NUL.</summary>
    public bool IsNulTerminated { get; init; }

    /// <summary>What the file calls a type that is not decoded; empty for those that are.</summary>
    public string Name { get; init; } = "";

    public bool IsNumber => ElementType is not (Hdf5ElementType.Other or Hdf5ElementType.String);

    public static Datatype Parse(BlockCursor cursor)
    {
        var at = cursor.At;
        var classAndVersion = cursor.U8();
        var bits = (uint)cursor.Unsigned(3);
        var size = cursor.U32();
        if (size is 0 or > int.MaxValue || classAndVersion >> 4 is < 1 or > 5)
        {
            throw cursor.Context.Error(at, $"a datatype of version {classAndVersion >> 4} has {size} bytes per element");
        }

        return (classAndVersion & 15) switch
        {
            FixedPoint => Integer(cursor, bits, (int)size),
            FloatingPoint => Float(cursor, bits, (int)size),
            Text => String((int)size, bits & 15),
            VariableLength when (bits & 15) == 1 => Variable(cursor.Context, (int)size, at),

            // h5py's truth values are an enumeration over int8; the names of the values follow the base type.
            Enumeration => Base(cursor, (int)size, at),
            var other => Other((int)size, Describe(other)),
        };
    }

    private static Datatype Base(BlockCursor cursor, int size, long at)
    {
        if ((cursor.Rest().U8() & 15) != FixedPoint)
        {
            throw cursor.Context.Error(at, "an enumeration is not of integers");
        }

        var type = Parse(cursor);
        return type.Size == size ? type : throw cursor.Context.Error(at, $"enumerated values of {size} bytes are of {type.Size}");
    }

    private static Datatype Integer(BlockCursor cursor, uint bits, int size)
    {
        var signed = (bits & 8) != 0;
        var (offset, precision) = (cursor.U16(), cursor.U16());
        var type = (size, signed) switch
        {
            (1, true) => Hdf5ElementType.Int8,
            (1, false) => Hdf5ElementType.UInt8,
            (2, true) => Hdf5ElementType.Int16,
            (2, false) => Hdf5ElementType.UInt16,
            (4, true) => Hdf5ElementType.Int32,
            (4, false) => Hdf5ElementType.UInt32,
            (8, true) => Hdf5ElementType.Int64,
            (8, false) => Hdf5ElementType.UInt64,
            _ => Hdf5ElementType.Other,
        };
        return offset != 0 || precision != 8 * size || type == Hdf5ElementType.Other
            ? Other(size, $"integers of {precision} bits")
            : new Datatype(type, size) { IsBigEndian = (bits & 1) != 0 };
    }

    /// <summary>Only IEEE's layouts and bfloat16's: the sign, then exponent and mantissa with the leading 1 implied.</summary>
    private static Datatype Float(BlockCursor cursor, uint bits, int size)
    {
        var (offset, precision) = (cursor.U16(), cursor.U16());
        var (exponentAt, exponentSize, mantissaAt, mantissaSize) = (cursor.U8(), cursor.U8(), cursor.U8(), cursor.U8());
        var bias = cursor.U32();
        var type = (size, exponentSize, bias) switch
        {
            (2, 5, 15) => Hdf5ElementType.Float16,
            (2, 8, 127) => Hdf5ElementType.BFloat16,
            (4, 8, 127) => Hdf5ElementType.Float32,
            (8, 11, 1023) => Hdf5ElementType.Float64,
            _ => Hdf5ElementType.Other,
        };
        var impliedOne = (bits & 0x30) == 0x20;
        var vax = (bits & 0x40) != 0;
        var usual = offset == 0 && precision == 8 * size && mantissaAt == 0 && mantissaSize == (8 * size) - 1 - exponentSize
            && exponentAt == mantissaSize && (bits >> 8) == (8 * size) - 1 && impliedOne && !vax;
        return type == Hdf5ElementType.Other || !usual
            ? Other(size, $"floating point numbers of {precision} bits with {exponentSize} for the exponent")
            : new Datatype(type, size) { IsBigEndian = (bits & 1) != 0 };
    }

    private static Datatype String(int size, uint padding) =>
        new(Hdf5ElementType.String, size) { IsNulTerminated = padding == 0, IsSpacePadded = padding == 2 };

    private static Datatype Variable(FileContext context, int size, long at) =>
        size == sizeof(uint) + context.OffsetSize + sizeof(uint)
            ? new Datatype(Hdf5ElementType.String, size) { IsVariableLength = true, IsNulTerminated = true }
            : throw context.Error(at, $"a string of variable length takes {size} bytes");

    private static Datatype Other(int size, string name) => new(Hdf5ElementType.Other, size) { Name = name };

    private static string Describe(int kind) => kind switch
    {
        2 => "times",
        4 => "bit fields",
        5 => "opaque bytes",
        6 => "compounds",
        7 => "references",
        VariableLength => "sequences of variable length",
        Array => "arrays",
        _ => $"type class {kind}",
    };
}
