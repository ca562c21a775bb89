using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using CnnViz.Cli.Streams;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>`maximize`: the pictures that most excite filters, stitched into one.</summary>
internal static class MaximizeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = CommandParts.Model();
        var layer = CommandParts.Layer();
        var file = CommandParts.OutputFile();
        var filters = CommandParts.Indices("--filters", "Filters to maximise");
        var classes = CommandParts.Names(
            "--classes", "Class names to maximise instead, for a layer whose channels are the model's classes");
        var settings = new SettingsOptions();
        var columns = CommandParts.Columns();
        var engine = CommandParts.Engine();
        var command = new Command("maximize", "Search for the pictures that most excite filters, and draw them as one picture.")
        {
            model, layer, file, filters, classes, columns, engine,
        };
        settings.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(filters) is null == result.GetResult(classes) is null)
                result.AddError("Give either --filters or --classes.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var maximize = new MaximizeFilterRequest
            {
                Model = parsed.GetRequiredValue(model),
                Layer = parsed.GetRequiredValue(layer),
                Settings = settings.Read(parsed),
                Engine = parsed.GetValue(engine) ?? "",
            };
            maximize.Filters.AddRange(parsed.GetValue(filters) ?? []);
            maximize.Classes.AddRange(parsed.GetValue(classes) ?? []);
            var style = CommandParts.Style(parsed.GetValue(columns), scale: null, colors: null);
            var request = new RenderMaximizationRequest { Maximize = maximize, Style = style };
            return CommandRunner.RunAsync(
                parsed,
                shared,
                ServiceKinds.Render,
                session => DrawAsync(session, request, parsed.GetRequiredValue(file)),
                cancellation);
        });
        return command;
    }

    /// <summary>Runs the maximization with live progress, writes the picture and says so.</summary>
    /// <param name="session">The running command.</param>
    /// <param name="request">What to search for.</param>
    /// <param name="file">The file to write.</param>
    public static async Task<SavedPicture> DrawAsync(Session session, RenderMaximizationRequest request, string file)
    {
        var begin = session.Time.GetTimestamp();
        MaximizationCompleted? completed = null;
        var picture = await session.Output.TrackAsync($"maximising {request.Maximize.Layer}", async progress =>
        {
            var tracker = new RunTracker(progress, session.Time);
            var received = await PictureCalls.MaximizationAsync(
                session.Connection.Render, request, tracker.Take, session.Cancellation);
            completed = tracker.Completed;
            return received;
        });
        await PictureFile.SaveAsync(picture, file, session.Cancellation);
        var saved = SavedPicture.Of(file, picture, session.Time.GetElapsedTime(begin));
        session.Output.Picture(saved);
        if (completed is { ZeroGradientFilters.Count: > 0 })
        {
            session.Output.Note(
                $"Filters {string.Join(", ", completed.ZeroGradientFilters)} never had a gradient (they are dead); "
                + "their tiles are empty.");
        }

        return saved;
    }
}
