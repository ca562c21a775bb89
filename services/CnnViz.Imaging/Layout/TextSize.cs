namespace CnnViz.Imaging.Layout;

/// <summary>The sizes in which text can be drawn, named by their em height in pixels.</summary>
public enum TextSize
{
    /// <summary>13 px: labels and scales.</summary>
    Small = 13,

    /// <summary>16 px: subtitles.</summary>
    Medium = 16,

    /// <summary>22 px, medium weight: titles.</summary>
    Large = 22,
}
