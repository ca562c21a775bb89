namespace CnnViz.Models.Hdf5;

/// <summary>Takes a dataset's elements, in runs that may come in any order.</summary>
internal interface IElementSink
{
    /// <param name="index">The first element's place in row-major order.</param>
    /// <param name="elements">Whole elements as stored.</param>
    void Put(long index, ReadOnlySpan<byte> elements);

    /// <summary>Gives every element one value.</summary>
    void Fill(ReadOnlySpan<byte> element);
}

/// <summary>Decodes numbers into float32.</summary>
internal readonly ref struct FloatSink(Datatype type, Span<float> values) : IElementSink
{
    private readonly Datatype _type = type;
    private readonly Span<float> _values = values;

    public void Put(long index, ReadOnlySpan<byte> elements) =>
        ElementDecoder.ToSingles(_type, elements, _values.Slice((int)index, elements.Length / _type.Size));

    public void Fill(ReadOnlySpan<byte> element)
    {
        Span<float> value = stackalloc float[1];
        ElementDecoder.ToSingles(_type, element, value);
        _values.Fill(value[0]);
    }
}

/// <summary>Decodes strings.</summary>
internal readonly struct StringSink : IElementSink
{
    private readonly StringDecoder _decoder;
    private readonly Datatype _type;
    private readonly string[] _values;

    public StringSink(FileContext context, Datatype type, long count, long at)
    {
        (_decoder, _type) = (new StringDecoder(context, type, at), type);
        _values = new string[count];
        Array.Fill(_values, "");
    }

    public IReadOnlyList<string> Values => _values;

    public void Put(long index, ReadOnlySpan<byte> elements)
    {
        for (var start = 0; start < elements.Length; start += _type.Size)
        {
            _values[index++] = _decoder.Decode(elements.Slice(start, _type.Size));
        }
    }

    public void Fill(ReadOnlySpan<byte> element) => Array.Fill(_values, _decoder.Decode(element));
}
