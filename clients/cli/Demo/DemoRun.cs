using CnnViz.Cli.Commands;

namespace CnnViz.Cli.Demo;

/// <summary>Draws the four tutorials and puts them on one page. A model that is not installed is left out.</summary>
/// <param name="session">The running command.</param>
/// <param name="folder">Where the files go.</param>
/// <param name="photo">The photograph for the feature maps.</param>
internal sealed class DemoRun(Session session, string folder, FileInfo photo)
{
    /// <summary>Draws all pictures and writes the page.</summary>
    /// <returns>The page's path.</returns>
    public async Task<string> RunAsync()
    {
        var picture = (await MapsCommand.ReadPictureAsync(photo, session.Cancellation)).Data.ToByteArray();
        var sketch = new DemoSketch(session, folder);
        DemoSection[] sections =
        [
            await new VggTutorial(sketch, picture).RunAsync(),
            await new SmileyTutorial(sketch).RunAsync(),
            await new WeightsTutorial(sketch).RunAsync(),
            await new MaximizationTutorial(sketch).RunAsync(),
        ];
        if (sections.All(section => section.Entries.Count == 0))
            throw new CliException("None of the demo's networks is installed, so there is nothing to draw.");

        var page = Path.Combine(folder, "index.html");
        await File.WriteAllTextAsync(page, DemoPage.Html(sections), session.Cancellation);
        return page;
    }
}
