namespace CnnViz.Imaging.Layout;

/// <summary>Where a caption stands.</summary>
public enum CaptionPlacement
{
    Above,
    Below,
}

/// <summary>A picture's caption and frame.</summary>
public sealed record CaptionOptions
{
    /// <summary>In 22 px (16 px on pictures narrower than 480 px), wrapped to at most 2 lines. Default none.</summary>
    public string Title { get; init; } = "";

    /// <summary>In 16 px (13 px on pictures narrower than 480 px), wrapped to at most 3 lines. Default none.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>A bar below the picture that tells the values of its colours. Default none.</summary>
    public ColorBar? ColorBar { get; init; }

    /// <summary>Default above.</summary>
    public CaptionPlacement Placement { get; init; } = CaptionPlacement.Above;

    /// <summary>Default <see cref="Rgb.Ink"/>.</summary>
    public Rgb Background { get; init; } = Rgb.Ink;

    /// <summary>Default <see cref="Rgb.Paper"/>.</summary>
    public Rgb TitleColor { get; init; } = Rgb.Paper;

    /// <summary>Default <see cref="Rgb.Slate"/>.</summary>
    public Rgb SubtitleColor { get; init; } = Rgb.Slate;

    /// <summary>Pixels around picture and text, 0 to 1000. Default 20.</summary>
    public int Padding { get; init; } = 20;

    /// <summary>
    /// Narrower pictures are centred on a canvas this wide (padding not counted) to give text room; 1 to 4096. Default 320.
    /// </summary>
    public int MinWidth { get; init; } = 320;
}
