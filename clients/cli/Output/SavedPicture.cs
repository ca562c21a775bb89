using CnnViz.Cli.Streams;

namespace CnnViz.Cli.Output;

/// <summary>A picture that was written to a file.</summary>
/// <param name="File">Its path.</param>
/// <param name="Caption">What is seen in it.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Tiles">Tiles in it.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Elapsed">Time from the request to the file.</param>
internal sealed record SavedPicture(
    string File, string Caption, int Width, int Height, int Tiles, int Bytes, TimeSpan Elapsed)
{
    /// <summary>How its images compare with photographs; null where that was not asked.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>Describes a received picture.</summary>
    public static SavedPicture Of(string file, ReceivedPicture picture, TimeSpan elapsed)
    {
        var header = picture.Header;
        return new(file, header.Caption, header.Width, header.Height, header.Tiles, picture.Data.Length, elapsed);
    }

    /// <summary>File, size in pixels and time, on one line.</summary>
    public string Describe() => $"{File}  {Width} x {Height} px, {Durations.Short(Elapsed)}";
}
