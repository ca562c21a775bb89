namespace CnnViz.Imaging.Codecs;

/// <summary>The colour types of PNG, by their numbers in the file.</summary>
internal enum PngColorType : byte
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}
