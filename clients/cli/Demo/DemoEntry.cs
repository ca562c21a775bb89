using CnnViz.Cli.Output;

namespace CnnViz.Cli.Demo;

/// <summary>A picture or a table of the demo.</summary>
/// <param name="Title">Its heading on the page.</param>
/// <param name="Explanation">What to look for in it, for someone who has never seen such a picture.</param>
/// <param name="Picture">The file; null for a table.</param>
/// <param name="Table">Lines of equal-width characters; null for a picture.</param>
internal sealed record DemoEntry(string Title, string Explanation, SavedPicture? Picture, string? Table = null);

/// <summary>The entries of one tutorial, in the order in which they are to be read.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Introduction">What the tutorial is about.</param>
/// <param name="Entries">Its pictures and tables.</param>
internal sealed record DemoSection(string Title, string Introduction, IReadOnlyList<DemoEntry> Entries);
