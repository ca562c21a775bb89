using System.Buffers.Binary;
using System.Text.Json;

namespace CnnViz.Models.Safetensors;

/// <summary>
/// A safetensors file's table: 8 bytes with the header's length N, little-endian, N bytes of JSON, then the tensors' bytes.
/// Offsets count from the tensors' first byte; tensors follow each other without gaps and fill the file, which rules out that
/// two share bytes or that some belong to none.
/// </summary>
/// <param name="Tensors">Those of types that can be read, with offsets from the file's start.</param>
/// <param name="Skipped">Names of tensors of other types, such as the integers that count a normalization's batches.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<StoredTensor> Tensors, IReadOnlyList<string> Skipped)
{
    /// <summary>Longest header in bytes; tables of the largest networks stay below 1 MB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int LengthBytes = 8;

    private const int MaxDepth = 8;

    /// <exception cref="ModelFormatException">The table is malformed or does not fit the file.</exception>
    public static SafetensorsHeader Read(ByteSource file)
    {
        if (file.Length < LengthBytes)
        {
            throw new ModelFormatException(
                $"it has {file.Length} bytes; a safetensors file begins with 8 that tell its header's length");
        }

        Span<byte> prefix = stackalloc byte[LengthBytes];
        file.Read(0, prefix);
        PickleFile.RefuseContent(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is 0 or > MaxBytes || (long)length > file.Length - LengthBytes)
        {
            throw new ModelFormatException(
                $"its header would have {length} bytes; there are {file.Length - LengthBytes} behind its length, and {MaxBytes} "
                + "are the limit");
        }

        var json = new byte[(int)length];
        file.Read(LengthBytes, json);
        var start = LengthBytes + (long)length;
        try
        {
            return Check(Parse(json, start), start, file.Length);
        }
        catch (JsonException e)
        {
            var at = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            throw new ModelFormatException($"its header is not valid JSON at {at}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            // Utf8JsonReader reports text that is not valid Unicode, and numbers out of range, this way.
            throw new ModelFormatException("a value in its header is malformed or out of range", e);
        }
    }

    private static List<Entry> Parse(byte[] json, long start)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var entries = new List<Entry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, "its header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new ModelFormatException($"two tensors are named '{Shown(name)}'");
            }

            if (name == "__metadata__")
            {
                Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
                reader.Skip();
                continue;
            }

            if (name.Length is 0 or > ModelLimits.MaxNameLength || name.Any(char.IsControl))
            {
                throw new ModelFormatException($"a tensor's name, '{Shown(name)}', is empty, too long or has control characters");
            }

            if (entries.Count >= ModelLimits.MaxLayers)
            {
                throw new ModelFormatException($"it has more than {ModelLimits.MaxLayers} tensors");
            }

            entries.Add(ParseEntry(ref reader, name, start));
        }

        // Only blanks may fill the header up; the reader refuses anything else.
        while (reader.Read())
        {
        }

        return entries;
    }

    private static Entry ParseEntry(ref Utf8JsonReader reader, string name, long start)
    {
        var where = $"tensor '{name}'";
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, where);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
            {
                Expect(ref reader, JsonTokenType.String, $"{where}: dtype");
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                shape = Numbers(ref reader, $"{where}: shape", ModelLimits.MaxRank);
            }
            else if (reader.ValueTextEquals("data_offsets"u8))
            {
                offsets = Numbers(ref reader, $"{where}: data_offsets", 2);
            }
            else
            {
                throw new ModelFormatException($"{where} has a member other than dtype, shape and data_offsets");
            }
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
        {
            throw new ModelFormatException($"{where} lacks its dtype, shape or two data_offsets");
        }

        if (shape.Any(extent => extent > int.MaxValue))
        {
            throw new ModelFormatException($"{where} has shape ({string.Join(", ", shape)})");
        }

        var (size, stored) = TypeOf(type, where);
        int[] dims = [.. shape.Select(extent => (int)extent)];
        var bytes = dims.Aggregate((long)size, (product, extent) => checked(product * extent));
        if (bytes != end - begin)
        {
            throw new ModelFormatException($"{where} of shape ({string.Join(", ", dims)}) and dtype {type} takes {bytes} bytes; "
                + $"its data_offsets are {begin} and {end}");
        }

        var tensor = stored is { } known ? new StoredTensor(name, dims, known, checked(start + begin)) : null;
        return new Entry(name, begin, end, tensor);
    }

    private static SafetensorsHeader Check(List<Entry> entries, long start, long fileLength)
    {
        var next = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != next)
            {
                throw new ModelFormatException(entry.Begin < next
                    ? $"tensor '{entry.Name}' begins at {entry.Begin}, within another that ends at {next}"
                    : $"the bytes {next} to {entry.Begin} before tensor '{entry.Name}' belong to no tensor");
            }

            next = entry.End;
        }

        return next == fileLength - start
            ? new([.. entries.Select(entry => entry.Tensor).OfType<StoredTensor>()],
                [.. entries.Where(entry => entry.Tensor is null).Select(entry => entry.Name)])
            : throw new ModelFormatException($"its tensors take {next} bytes; behind the header there are {fileLength - start}");
    }

    /// <summary>A type's bytes per value, and how to read it, if it can be.</summary>
    private static (int Size, StoredType? Stored) TypeOf(string type, string where) => type switch
    {
        "F64" => (8, StoredType.Float64),
        "F32" => (4, StoredType.Float32),
        "F16" => (2, StoredType.Float16),
        "BF16" => (2, StoredType.BFloat16),
        "I64" or "U64" => (8, null),
        "I32" or "U32" => (4, null),
        "I16" or "U16" => (2, null),
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => (1, null),
        _ => throw new ModelFormatException($"{where} has dtype '{Shown(type)}', which is none of safetensors'"),
    };

    private static List<long> Numbers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0
                || numbers.Count >= most)
            {
                throw new ModelFormatException($"{what} is not a list of at most {most} whole numbers from 0");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            var wanted = type switch { JsonTokenType.String => "a text", JsonTokenType.StartArray => "a list", _ => "an object" };
            throw new ModelFormatException($"{what} is not {wanted}");
        }
    }

    private static string Shown(string text) => text[..Math.Min(text.Length, 64)];

    private sealed record Entry(string Name, long Begin, long End, StoredTensor? Tensor);
}
