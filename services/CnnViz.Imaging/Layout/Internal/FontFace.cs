using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnViz.Imaging.Layout;

/// <summary>One character's bitmap.</summary>
/// <param name="Left">From the pen to the first column, in pixels.</param>
/// <param name="Top">From the baseline up to the first row, in pixels.</param>
/// <param name="Advance">From this pen position to the next, in pixels.</param>
/// <param name="Coverage">Width * Height values, 0 (outside) to 255 (inside).</param>
/// <param name="Width">In pixels; 0 for a space.</param>
/// <param name="Height">In pixels; 0 for a space.</param>
internal readonly record struct Glyph(int Width, int Height, int Left, int Top, int Advance, ReadOnlyMemory<byte> Coverage);

/// <summary>The embedded bitmap font at one size. Its file format is told in Assets/make_assets.py.</summary>
internal sealed class FontFace
{
    private const string Resource = "CnnViz.Imaging.text.font";
    private static readonly Lazy<IReadOnlyDictionary<TextSize, FontFace>> _faces = new(Load);

    private readonly Dictionary<char, Glyph> _glyphs = [];

    private FontFace(int ascent, int descent) => (Ascent, Descent) = (ascent, descent);

    /// <summary>From a line's top to its baseline, in pixels.</summary>
    public int Ascent { get; }

    /// <summary>From the baseline to the line's bottom, in pixels.</summary>
    public int Descent { get; }

    /// <summary>The bitmap of a character; control characters are spaces, unknown ones question marks.</summary>
    public Glyph this[char character] =>
        _glyphs.TryGetValue(char.IsControl(character) ? ' ' : character, out var glyph) ? glyph : _glyphs['?'];

    public static FontFace Of(TextSize size) =>
        _faces.Value.TryGetValue(size, out var face)
            ? face
            : throw new ArgumentOutOfRangeException(nameof(size), size, "No such text size.");

    private static Dictionary<TextSize, FontFace> Load()
    {
        using var resource = typeof(FontFace).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {Resource}.");
        resource.Position = 4;
        using var inflated = new MemoryStream();
        using (var zlib = new ZLibStream(resource, CompressionMode.Decompress))
            zlib.CopyTo(inflated);
        ReadOnlyMemory<byte> rest = inflated.ToArray();
        var faces = new Dictionary<TextSize, FontFace>();
        int count = Take(ref rest, 1)[0];
        for (var i = 0; i < count; i++)
            ReadFace(ref rest, faces);
        return faces;
    }

    private static void ReadFace(ref ReadOnlyMemory<byte> rest, Dictionary<TextSize, FontFace> faces)
    {
        var head = Take(ref rest, 5);
        var face = new FontFace(head[1], head[2]);
        faces.Add((TextSize)head[0], face);
        for (int g = BinaryPrimitives.ReadUInt16LittleEndian(head[3..]); g > 0; g--)
        {
            var glyph = Take(ref rest, 7);
            var area = glyph[2] * glyph[3];
            var character = (char)BinaryPrimitives.ReadUInt16LittleEndian(glyph);
            face._glyphs.Add(character, new Glyph(glyph[2], glyph[3], (sbyte)glyph[4], (sbyte)glyph[5], glyph[6], rest[..area]));
            rest = rest[area..];
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlyMemory<byte> rest, int length)
    {
        var taken = rest.Span[..length];
        rest = rest[length..];
        return taken;
    }
}
