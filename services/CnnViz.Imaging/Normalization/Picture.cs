namespace CnnViz.Imaging.Normalization;

/// <summary>A picture made of float values.</summary>
/// <param name="Raster">Grey or RGB, as the values had 1 or 3 channels.</param>
/// <param name="NonFinite">How many values were NaN or infinite; their pixels have <see cref="Rgb.NonFinite"/> (grey: 0).</param>
public sealed record Picture(Raster Raster, long NonFinite);
