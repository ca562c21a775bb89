using CnnViz.Imaging;

namespace CnnViz.Render.Pictures;

/// <summary>Colours of text that can be read on a canvas.</summary>
internal static class TextColors
{
    // The same two greys as on the dark canvas, seen the other way round.
    private static readonly Rgb _darkTitle = Rgb.Ink;
    private static readonly Rgb _darkSubtitle = new(0x4a, 0x50, 0x57);

    public static (Rgb Title, Rgb Subtitle) On(Rgb background)
    {
        // Luma by ITU-R BT.601, in thousandths.
        var luma = (299 * background.R + 587 * background.G + 114 * background.B) / 1000;
        return luma > 127 ? (_darkTitle, _darkSubtitle) : (Rgb.Paper, Rgb.Slate);
    }
}
