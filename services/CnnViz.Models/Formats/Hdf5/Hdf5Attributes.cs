namespace CnnViz.Models.Hdf5;

/// <summary>The attributes of a group or dataset; each is decoded when it is asked for.</summary>
public sealed class Hdf5Attributes
{
    private readonly FileContext _context;
    private readonly Dictionary<string, AttributeMessage> _attributes;

    internal Hdf5Attributes(FileContext context, Dictionary<string, AttributeMessage> attributes) =>
        (_context, _attributes) = (context, attributes);

    /// <summary>The attributes' names in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _attributes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>True when there is an attribute of that name, of whatever type.</summary>
    public bool Contains(string name) => _attributes.ContainsKey(name);

    /// <summary>A single string.</summary>
    /// <returns>Null when there is no such attribute, or it is not one string.</returns>
    /// <exception cref="ModelFormatException">The attribute is damaged or stored in a way that is not read.</exception>
    public string? String(string name) => Strings(name) is [var single] ? single : null;

    /// <summary>Strings in row-major order, or a single one.</summary>
    /// <returns>Null when there is no such attribute, or its elements are no strings; empty when it has no elements.</returns>
    /// <exception cref="ModelFormatException">The attribute is damaged or stored in a way that is not read.</exception>
    public IReadOnlyList<string>? Strings(string name)
    {
        if (Decoded(name) is not { } attribute)
        {
            return null;
        }

        // numpy's empty array of names has no string type; it says as much as an empty list of strings.
        return attribute.Space.ElementCount == 0 ? []
            : attribute.Type.ElementType != Hdf5ElementType.String ? null
            : StringDecoder.Read(_context, attribute.Type, attribute.Space, attribute.Data);
    }

    /// <summary>A single number or truth value (1 or 0).</summary>
    /// <returns>Null when there is no such attribute, or it is not one number.</returns>
    /// <exception cref="ModelFormatException">The attribute is damaged or stored in a way that is not read.</exception>
    public double? Number(string name) => Numbers(name) is [var single] ? single : null;

    /// <summary>Numbers in row-major order, or a single one; 64-bit integers are rounded to double precision.</summary>
    /// <returns>Null when there is no such attribute, or its elements are no numbers; empty when it has no elements.</returns>
    /// <exception cref="ModelFormatException">The attribute is damaged or stored in a way that is not read.</exception>
    public IReadOnlyList<double>? Numbers(string name)
    {
        if (Decoded(name) is not { } attribute)
        {
            return null;
        }

        if (attribute.Space.ElementCount == 0)
        {
            return [];
        }

        if (!attribute.Type.IsNumber)
        {
            return null;
        }

        var values = new double[attribute.Space.ElementCount];
        ElementDecoder.ToDoubles(attribute.Type, attribute.Data.Bytes(values.Length * attribute.Type.Size), values);
        return values;
    }

    private (Datatype Type, Dataspace Space, BlockCursor Data)? Decoded(string name) =>
        _attributes.TryGetValue(name, out var attribute) ? attribute.Decode() : null;
}
