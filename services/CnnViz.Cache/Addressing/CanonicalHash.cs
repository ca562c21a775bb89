using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace CnnViz.Cache.Addressing;

/// <summary>
/// SHA-256 over values in one form only: every value is preceded by its kind and length, so that no two different lists of values
/// have the same bytes. Takes numbers, text, bytes, enumerations, lists (in their order), dictionaries (in any order), protobuf
/// messages, and the product's own records: all their public properties, by name, so that a new property enters by itself.
/// </summary>
public sealed class CanonicalHash : IDisposable
{
    private const string OwnAssemblies = "CnnViz.";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The address of some values in this order.</summary>
    public static ContentAddress Of(params IReadOnlyList<object?> values)
    {
        using var hash = new CanonicalHash();
        hash.Add(values);
        return new ContentAddress(hash._hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Add(object? value)
    {
        switch (value)
        {
            case null:
                Write('0');
                break;
            case bool flag:
                Write('b', flag ? 1 : 0);
                break;
            case Enum item:
                Write('e', Convert.ToInt64(item, CultureInfo.InvariantCulture));
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                Write('i', Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                Write('u', unchecked((long)number));
                break;
            case float number:
                Write('f', BitConverter.SingleToInt32Bits(number));
                break;
            case double number:
                Write('d', BitConverter.DoubleToInt64Bits(number));
                break;
            case string text:
                Write('s', Encoding.UTF8.GetBytes(text));
                break;
            case byte[] bytes:
                Write('y', bytes);
                break;
            case ByteString bytes:
                Write('y', bytes.Span);
                break;
            case ReadOnlyMemory<byte> bytes:
                Write('y', bytes.Span);
                break;
            case ContentAddress address:
                Write('a', address.Bytes);
                break;
            case IMessage message:
                Add(message);
                break;
            case IDictionary pairs:
                Add(pairs);
                break;
            case IEnumerable list:
                Add(list);
                break;
            default:
                AddRecord(value);
                break;
        }
    }

    private void Add(IEnumerable list)
    {
        var items = list.Cast<object?>().ToList();
        Write('[', items.Count);
        items.ForEach(Add);
    }

    private void Add(IDictionary pairs)
    {
        var byKey = pairs.Keys.Cast<object>()
            .Select(key => (Text: Convert.ToString(key, CultureInfo.InvariantCulture)!, Key: key))
            .OrderBy(key => key.Text, StringComparer.Ordinal)
            .ToList();
        Write('{', byKey.Count);
        foreach (var (_, key) in byKey)
        {
            Add(key);
            Add(pairs[key]);
        }
    }

    /// <summary>
    /// Fields by number. Those without presence are equal to their default when unset; of those with presence only the set ones
    /// enter. Fields that this build does not know have no effect on its results, so they do not enter.
    /// </summary>
    private void Add(IMessage message)
    {
        Write('m', Encoding.UTF8.GetBytes(message.Descriptor.FullName));
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.HasPresence && !field.Accessor.HasValue(message))
            {
                continue;
            }

            Write('#', field.FieldNumber);
            Add(field.Accessor.GetValue(message));
        }

        Write(';');
    }

    private void AddRecord(object value)
    {
        var type = value.GetType();
        if (type.Assembly.GetName().Name?.StartsWith(OwnAssemblies, StringComparison.Ordinal) != true)
        {
            throw new NotSupportedException($"values of {type} have no canonical form");
        }

        Write('r', Encoding.UTF8.GetBytes(type.FullName!));
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.Name, StringComparer.Ordinal);
        foreach (var property in properties)
        {
            Write('.', Encoding.UTF8.GetBytes(property.Name));
            Add(property.GetValue(value));
        }

        Write(';');
    }

    private void Write(char kind) => _hash.AppendData([(byte)kind]);

    private void Write(char kind, long number)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], number);
        _hash.AppendData(bytes);
    }

    private void Write(char kind, ReadOnlySpan<byte> bytes)
    {
        Write(kind, bytes.Length);
        _hash.AppendData(bytes);
    }
}
