using CnnViz.Cli.Output;

namespace CnnViz.Cli.Demo;

/// <summary>A picture of the demo.</summary>
/// <param name="Title">Its heading on the page.</param>
/// <param name="Explanation">What to look for in it, for someone who has never seen such a picture.</param>
/// <param name="Picture">The file.</param>
internal sealed record DemoEntry(string Title, string Explanation, SavedPicture Picture);
