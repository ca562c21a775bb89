namespace CnnViz.Imaging.Plots;

/// <summary>The look of a plot of single values.</summary>
public sealed record PlotOptions
{
    /// <summary>Width of the area between the axes, in pixels, 100 to 4096; few bars take less. Default 720.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Height of the area between the axes, in pixels, 40 to 4096. Default 180. Named bars need none.</summary>
    public int Height { get; init; } = 180;

    /// <summary>
    /// Least room for the numbers of the vertical axis, in pixels, 0 to 400, so that plots below each other align. Default 0.
    /// </summary>
    public int AxisRoom { get; init; }

    /// <summary>What the values are, above the vertical axis. Default none.</summary>
    public string ValueLabel { get; init; } = "";

    /// <summary>What is counted along the horizontal axis, below it. Default none.</summary>
    public string PositionLabel { get; init; } = "";

    /// <summary>Default <see cref="Rgb.Ink"/>.</summary>
    public Rgb Background { get; init; } = Rgb.Ink;

    /// <summary>Default <see cref="Rgb.Slate"/>.</summary>
    public Rgb TextColor { get; init; } = Rgb.Slate;

    /// <summary>Values above zero. Default #4fa3e0.</summary>
    public Rgb PositiveColor { get; init; } = new(0x4f, 0xa3, 0xe0);

    /// <summary>Values below zero. Default #e0724f.</summary>
    public Rgb NegativeColor { get; init; } = new(0xe0, 0x72, 0x4f);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 100, "width");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Width, 4096, "width");
        ArgumentOutOfRangeException.ThrowIfNegative(AxisRoom, "axis room");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AxisRoom, 400, "axis room");
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 40, "height");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Height, 4096, "height");
    }

    internal Rgb Color(float value) => !float.IsFinite(value) ? Rgb.NonFinite : value < 0 ? NegativeColor : PositiveColor;

    /// <summary>A shade of the text's colour close to the background.</summary>
    internal Rgb Faint => new(Mix(TextColor.R, Background.R), Mix(TextColor.G, Background.G), Mix(TextColor.B, Background.B));

    private static byte Mix(byte text, byte background) => PixelConversion.Blend(text, background, 56);
}
