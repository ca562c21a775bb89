using CnnViz.Imaging.Color;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Layout;

public sealed class TextTests
{
    private const string Promised = "°±²µ·×–—‘’“”…−";

    public static TheoryData<TextSize> Sizes { get; } = [.. Enum.GetValues<TextSize>()];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void FontFace_EveryPromisedCharacter_HasItsOwnBitmapWithinTheLine(TextSize size)
    {
        var face = FontFace.Of(size);
        var seen = new HashSet<string>();
        foreach (var character in Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Concat(Promised))
        {
            var glyph = face[character];
            Assert.True(glyph.Coverage.Span.ContainsAnyInRange((byte)128, (byte)255), $"'{character}' is empty");
            Assert.InRange(glyph.Top, glyph.Height - face.Descent, face.Ascent);
            Assert.InRange(glyph.Advance, 2, (int)size + 6);
            Assert.InRange(glyph.Left + glyph.Width, 1, glyph.Advance + 1);
            // Roboto's I and l differ by less than a pixel.
            if (character == 'l')
                continue;
            Assert.True(
                seen.Add($"{glyph.Top} {glyph.Left} {glyph.Width} {Convert.ToHexString(glyph.Coverage.Span)}"),
                $"'{character}' is doubled");
        }

        Assert.Equal(0, face[' '].Width);
        Assert.Equal(face[' '], face['\n']);
        Assert.Equal(face['?'], face['漢']);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Draw_Text_InksWithinItsMeasureOnly(TextSize size)
    {
        const string Text = "Wjgq_|(f) Ag 3×3";
        var (width, height) = (TextRenderer.Measure(Text, size), TextRenderer.LineHeight(size));
        var raster = Raster.Filled(width + 40, height + 40, Rgb.Ink);
        TextRenderer.Draw(raster, 20, 20, Text, size, Rgb.White);
        var brightest = 0;
        for (var y = 0; y < raster.Height; y++)
        {
            for (var x = 0; x < raster.Width; x++)
            {
                int red = raster.Row(y)[3 * x];
                if (red != Rgb.Ink.R)
                    Assert.True(x >= 19 && x <= 20 + width && y >= 20 && y < 20 + height, $"{x},{y}");
                brightest = Math.Max(brightest, red);
            }
        }

        Assert.Equal(255, brightest);
    }

    [Theory]
    [InlineData(-5, -5)]
    [InlineData(25, -8)]
    [InlineData(-500, 0)]
    [InlineData(0, 500)]
    public void Draw_BeyondTheEdges_IsCutOff(int x, int y)
    {
        var raster = Raster.Filled(30, 12, Rgb.Black);
        TextRenderer.Draw(raster, x, y, "Wide text", TextSize.Large, Rgb.White);
        Assert.Equal(x is > -100 and < 100 && y < 100, raster.Pixels.Any(v => v != 0));
    }

    [Fact]
    public void Shorten_AnyWidth_FitsAndKeepsTheBeginning()
    {
        const string Text = "block1_conv1 something";
        var full = TextRenderer.Measure(Text, TextSize.Small);
        Assert.Equal(Text, TextRenderer.Shorten(Text, TextSize.Small, full));
        for (var width = -1; width < full; width++)
        {
            var text = TextRenderer.Shorten(Text, TextSize.Small, width);
            Assert.True(TextRenderer.Measure(text, TextSize.Small) <= Math.Max(0, width), $"{width}: {text}");
            Assert.True(text.Length == 0 || (text.EndsWith('…') && Text.StartsWith(text[..^1], StringComparison.Ordinal)), text);
        }
    }

    [Fact]
    public void Wrap_LongText_FitsAndLosesNothingWithinItsLines()
    {
        const string Text = "the quick brown fox  jumps over a_very_long_word_that_cannot_fit the lazy dog";
        var lines = TextRenderer.Wrap("the quick brown fox jumps over the lazy dog", TextSize.Small, 90, 9);
        Assert.True(lines.Count > 1);
        Assert.Equal("the quick brown fox jumps over the lazy dog", string.Join(' ', lines));
        foreach (var maxLines in new[] { 1, 2, 3, 20 })
        {
            lines = TextRenderer.Wrap(Text, TextSize.Small, 90, maxLines);
            Assert.InRange(lines.Count, 1, maxLines);
            Assert.All(lines, l => Assert.True(TextRenderer.Measure(l, TextSize.Small) <= 90, l));
            Assert.Equal(maxLines < 20, lines[^1].EndsWith('…'));
        }

        Assert.Empty(TextRenderer.Wrap("  \n ", TextSize.Small, 90, 3));
    }

    [Theory]
    [InlineData(CaptionPlacement.Above)]
    [InlineData(CaptionPlacement.Below)]
    public void Caption_Picture_StandsUnchangedInItsFrame(CaptionPlacement placement)
    {
        var picture = Pictures.Noise(400, 50, 3);
        var framed = Caption.Add(picture, new CaptionOptions { Title = "Title", Subtitle = "Subtitle", Placement = placement });
        var band = TextRenderer.LineHeight(TextSize.Medium) + 4 + TextRenderer.LineHeight(TextSize.Small) + 14;
        Assert.Equal((440, 90 + band), (framed.Width, framed.Height));
        var top = placement == CaptionPlacement.Above ? 20 + band : 20;
        for (var y = 0; y < 50; y++)
            Assert.True(framed.Row(top + y).Slice(60, 1200).SequenceEqual(picture.Row(y)));
        var textTop = placement == CaptionPlacement.Above ? 20 : 84;
        var text = framed.Pixels.AsSpan(textTop * framed.Stride, (band - 14) * framed.Stride);
        Assert.True(text.ContainsAnyInRange((byte)200, (byte)255));
    }

    [Fact]
    public void Caption_NarrowPicture_IsCentredOnAWiderCanvas()
    {
        var framed = Caption.Add(Raster.Filled(10, 10, Rgb.White), new CaptionOptions { Padding = 0, MinWidth = 30 });
        Assert.Equal((30, 10), (framed.Width, framed.Height));
        Assert.Equal(255, framed.Row(0)[3 * 10]);
        Assert.Equal(Rgb.Ink.R, framed.Row(0)[3 * 9]);
        Assert.Equal(Rgb.Ink.R, framed.Row(0)[3 * 20]);
    }

    [Theory]
    [InlineData(CaptionPlacement.Above)]
    [InlineData(CaptionPlacement.Below)]
    public void Caption_ColorBar_RunsThroughItsMapBelowThePicture(CaptionPlacement placement)
    {
        var options = new CaptionOptions { Title = "T", Placement = placement };
        var picture = Raster.Filled(600, 40, Rgb.White);
        var plain = Caption.Add(picture, options);
        var framed = Caption.Add(picture, options with { ColorBar = new ColorBar(ColorMap.Viridis, -1, 1) });
        Assert.Equal(plain.Height + 14 + 10 + 4 + TextRenderer.LineHeight(TextSize.Small), framed.Height);
        var top = 20 + (placement == CaptionPlacement.Above ? TextRenderer.LineHeight(TextSize.Large) + 14 : 0) + 40 + 14;
        for (var x = 0; x < 320; x++)
        {
            var pixel = framed.Row(top + 5).Slice(3 * (20 + x), 3);
            Assert.Equal(ColorMap.Viridis[(x + 0.5f) / 320], new Rgb(pixel[0], pixel[1], pixel[2]));
        }

        Assert.Equal(Rgb.Ink.R, framed.Row(top + 5)[3 * 340]);
    }

    [Theory]
    [InlineData(-0.03123f, "−0.0312")]
    [InlineData(0f, "0")]
    [InlineData(12345f, "1.23E+04")]
    [InlineData(float.NaN, "NaN")]
    public void Format_Values_AreShort(float value, string text) => Assert.Equal(text, ColorBar.Format(value));

    [Fact]
    public void Draw_OnGrey_Refused() =>
        Assert.Throws<ArgumentException>(() => TextRenderer.Draw(new Raster(5, 5, 1), 0, 0, "x", TextSize.Small, Rgb.White));
}
