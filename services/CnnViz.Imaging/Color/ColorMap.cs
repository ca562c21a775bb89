namespace CnnViz.Imaging.Color;

/// <summary>
/// A named table of 256 colours for values in 0..1. A value v takes entry <c>min(255, floor(v * 256))</c>, as matplotlib does;
/// values outside 0..1 are clamped, NaN and infinities take a colour of their own.
/// </summary>
public sealed class ColorMap
{
    public const int Entries = 256;

    private readonly byte[] _table;

    private ColorMap(string name, byte[] table)
    {
        Name = name;
        _table = table;
    }

    /// <summary>Black to white.</summary>
    public static ColorMap Grey { get; } = new("grey", MakeGrey());

    /// <summary>matplotlib's viridis: dark violet, green, yellow; perceptually even.</summary>
    public static ColorMap Viridis { get; } = new("viridis", Convert.FromHexString(ColorTables.Viridis));

    /// <summary>matplotlib's magma: black, purple, cream; perceptually even.</summary>
    public static ColorMap Magma { get; } = new("magma", Convert.FromHexString(ColorTables.Magma));

    /// <summary>Blue, white, red: for signed values normalised symmetrically, so that zero is white.</summary>
    public static ColorMap Diverging { get; } = new("diverging", Convert.FromHexString(ColorTables.Diverging));

    /// <summary>All maps.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Grey, Viridis, Magma, Diverging];

    /// <summary>"grey", "viridis", "magma" or "diverging".</summary>
    public string Name { get; }

    /// <summary>The 256 colours from the lowest value to the highest, interleaved RGB: 768 bytes.</summary>
    public ReadOnlySpan<byte> Table => _table;

    /// <summary>Finds a map by name, ignoring case ("gray" is "grey").</summary>
    public static bool TryGet(string? name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ColorMap? map)
    {
        if (string.Equals(name, "gray", StringComparison.OrdinalIgnoreCase))
            name = Grey.Name;
        map = All.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase));
        return map is not null;
    }

    /// <summary>The colour of one value.</summary>
    public Rgb this[float value]
    {
        get
        {
            if (!float.IsFinite(value))
                return Rgb.NonFinite;
            var entry = 3 * Index(value);
            return new Rgb(_table[entry], _table[entry + 1], _table[entry + 2]);
        }
    }

    /// <summary>Colours a run of values.</summary>
    /// <param name="values">Values in 0..1.</param>
    /// <param name="rgb">Receives interleaved RGB; at least 3 bytes per value.</param>
    /// <param name="nonFinite">The colour of NaN and infinities. Default <see cref="Rgb.NonFinite"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is too short.</exception>
    public void Apply(ReadOnlySpan<float> values, Span<byte> rgb, Rgb? nonFinite = null)
    {
        if (rgb.Length < 3L * values.Length)
            throw new ArgumentException(
                $"{values.Length} values need {3L * values.Length} bytes, not {rgb.Length}.", nameof(rgb));
        var odd = nonFinite ?? Rgb.NonFinite;
        ReadOnlySpan<byte> table = _table;
        for (int i = 0, o = 0; i < values.Length; i++, o += 3)
        {
            var value = values[i];
            if (!float.IsFinite(value))
            {
                (rgb[o], rgb[o + 1], rgb[o + 2]) = (odd.R, odd.G, odd.B);
                continue;
            }

            var entry = table.Slice(3 * Index(value), 3);
            (rgb[o], rgb[o + 1], rgb[o + 2]) = (entry[0], entry[1], entry[2]);
        }
    }

    // Multiplying by 256 is exact, so this is floor(value * 256) in any precision.
    private static int Index(float value) => (int)Math.Clamp(value * Entries, 0, Entries - 1);

    private static byte[] MakeGrey()
    {
        var table = new byte[3 * Entries];
        for (var i = 0; i < table.Length; i++)
            table[i] = (byte)(i / 3);
        return table;
    }
}
