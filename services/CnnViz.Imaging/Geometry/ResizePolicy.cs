namespace CnnViz.Imaging.Geometry;

/// <summary>What happens when a picture's shape differs from the wanted one.</summary>
public enum ResizePolicy
{
    /// <summary>Each axis is scaled on its own: the whole picture, distorted.</summary>
    Stretch,

    /// <summary>The largest centred part of the wanted shape is scaled: undistorted, ends cut off.</summary>
    CenterCrop,

    /// <summary>The whole picture is scaled to fit and centred on a background: undistorted, with bars.</summary>
    Letterbox,
}
