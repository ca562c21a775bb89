namespace CnnViz.Models.Onnx;

/// <summary>Reads a TensorProto: its shape, and where its values are. Values that lie back to back stay in the file.</summary>
internal static class OnnxTensorReader
{
    /// <summary>Most values written as a list of numbers; weights lie back to back.</summary>
    private const int MaxListed = 65_536;

    public static OnnxTensor Read(WireReader reader)
    {
        var dims = new List<ulong>();
        var (name, type, external) = ("", 0, false);
        (long Offset, long Length)? stored = null;
        var pieces = 0;
        var numbers = new List<ulong>();
        var numbersField = 0;
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.AddBits(dims, WireType.Varint, ModelLimits.MaxRank); break;
                case 2: type = (int)Math.Clamp(reader.Int64(), 0, int.MaxValue); break;
                case 3: throw new ModelFormatException("a tensor in segments is not supported");
                case 4 when reader.Type == WireType.Delimited:
                case 9:
                    stored = (reader.Start, reader.Length);
                    pieces++;
                    break;
                case 4:
                    Add(WireType.Fixed32);
                    break;
                case 5 or 7 or 11:
                    Add(WireType.Varint);
                    break;
                case 10:
                    Add(WireType.Fixed64);
                    break;
                case 8: name = reader.Text(OnnxModelReader.MaxText); break;
                case 13: AddPlace(reader.Message(), places); break;
                case 14: external = reader.Int64() == 1; break;
            }
        }

        var tensor = new OnnxTensor(name, [.. dims.Select(extent => Extent(name, extent))], type);
        if (external)
        {
            return External(tensor, places);
        }

        if (pieces > 1 || (pieces == 1 && numbers.Count > 0))
        {
            throw new ModelFormatException($"tensor '{name}' has its values in several pieces");
        }

        // No values at all is how an empty tensor is written.
        return stored is not null
            ? tensor with { Stored = stored }
            : tensor with { Values = [.. numbers.Select(bits => Value(bits, numbersField, type))] };

        void Add(WireType element)
        {
            numbersField = reader.Field;
            reader.AddBits(numbers, element, MaxListed);
        }
    }

    private static void AddPlace(WireReader entry, Dictionary<string, string> places)
    {
        var (key, value) = ("", "");
        while (entry.Next())
        {
            switch (entry.Field)
            {
                case 1: key = entry.Text(OnnxModelReader.MaxText); break;
                case 2: value = entry.Text(OnnxModelReader.MaxText); break;
            }
        }

        places[key] = value;
    }

    private static OnnxTensor External(OnnxTensor tensor, Dictionary<string, string> places)
    {
        var file = places.GetValueOrDefault("location") ?? "";

        // A model file must not read others than those beside it.
        if (file.Length is 0 or > 255 || file is "." or ".." || file.Any(c => char.IsControl(c) || c is '/' or '\\' or ':'))
        {
            throw new ModelFormatException($"tensor '{tensor.Name}' lies outside the model's own folder");
        }

        return tensor with { File = file, Stored = (Number("offset", 0), Number("length", -1)) };

        long Number(string key, long fallback) => !places.TryGetValue(key, out var text)
            ? fallback
            : long.TryParse(
                text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new ModelFormatException($"tensor '{tensor.Name}': its {key} is no number");
    }

    private static int Extent(string name, ulong extent) => extent <= int.MaxValue
        ? (int)extent
        : throw new ModelFormatException($"tensor '{name}' has an extent of {(long)extent}");

    private static double Value(ulong bits, int field, int type) => (field, type) switch
    {
        (4, _) => BitConverter.UInt32BitsToSingle((uint)bits),
        (10, _) => BitConverter.UInt64BitsToDouble(bits),
        (11, _) => bits,

        // The two short float types are written as their bits.
        (5, OnnxDataType.Float16) => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        (5, OnnxDataType.BFloat16) => BitConverter.UInt32BitsToSingle((uint)bits << 16),
        _ => (long)bits,
    };
}
