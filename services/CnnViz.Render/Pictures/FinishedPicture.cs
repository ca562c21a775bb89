namespace CnnViz.Render.Pictures;

/// <summary>A picture file and what is known of it.</summary>
/// <param name="File">The whole file.</param>
/// <param name="MediaType">Its format, for example "image/png".</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Columns">Tiles per row.</param>
/// <param name="Tiles">Tiles in all.</param>
/// <param name="Caption">One line that explains what is seen.</param>
internal sealed record FinishedPicture(
    byte[] File, string MediaType, int Width, int Height, int Columns, int Tiles, string Caption);
