using CnnViz.Imaging;
using CnnViz.Imaging.Layout;

namespace CnnViz.Render.Pictures;

/// <summary>A picture before it is framed and encoded.</summary>
/// <param name="Canvas">The tiles or the plot.</param>
/// <param name="Title">What is seen.</param>
/// <param name="Subtitle">Shapes, and what is mapped to what.</param>
/// <param name="Columns">Tiles per row.</param>
/// <param name="Tiles">Tiles in all.</param>
/// <param name="Bar">Tells the values of the colours; null for none.</param>
internal sealed record Drawn(Raster Canvas, string Title, string Subtitle, int Columns, int Tiles, ColorBar? Bar = null);
