using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using CnnViz.Cli.Streams;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>`filters`: a layer's weights as a picture.</summary>
internal static class FiltersCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = CommandParts.Model();
        var layer = CommandParts.Layer();
        var file = CommandParts.OutputFile();
        var filters = CommandParts.Indices("--filters", "Filters to draw; default: all");
        var columns = CommandParts.Columns();
        var scale = CommandParts.Scale();
        var colors = CommandParts.Colors();
        var command = new Command("filters", "Draw a layer's weights.") { model, layer, file, filters, columns, scale, colors };
        command.SetAction((parsed, cancellation) =>
        {
            var request = new RenderFiltersRequest
            {
                Model = parsed.GetRequiredValue(model),
                Layer = parsed.GetRequiredValue(layer),
                Style = CommandParts.Style(parsed.GetValue(columns), parsed.GetValue(scale), parsed.GetValue(colors)),
            };
            request.Filters.AddRange(parsed.GetValue(filters) ?? []);
            return CommandRunner.RunAsync(
                parsed,
                shared,
                ServiceKinds.Render,
                session => DrawAsync(session, request, parsed.GetRequiredValue(file)),
                cancellation);
        });
        return command;
    }

    /// <summary>Asks for the picture, writes it and says so.</summary>
    /// <param name="session">The running command.</param>
    /// <param name="request">What to draw.</param>
    /// <param name="file">The file to write.</param>
    public static async Task<SavedPicture> DrawAsync(Session session, RenderFiltersRequest request, string file)
    {
        var begin = session.Time.GetTimestamp();
        var picture = await session.Output.WaitAsync(
            $"filters of {request.Layer}",
            () => PictureCalls.FiltersAsync(session.Connection.Render, request, session.Cancellation));
        await PictureFile.SaveAsync(picture, file, session.Cancellation);
        var saved = SavedPicture.Of(file, picture, session.Time.GetElapsedTime(begin));
        session.Output.Picture(saved);
        return saved;
    }
}
