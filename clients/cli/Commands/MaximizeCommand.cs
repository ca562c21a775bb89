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
        layer.Arity = ArgumentArity.ZeroOrOne;
        layer.Description += "; with --class the model's class layer is taken";
        var file = CommandParts.OutputFile(
            $"Picture to write: {FileFormats.StillEndings}; or an animation of the search: {FileFormats.AnimatedEndings}");
        var filters = CommandParts.Indices("--filters", "Filters to maximise");
        var classes = CommandParts.Names("--class", "Class names to maximise instead of filter numbers", aliases: "--classes");
        var settings = new SettingsOptions();
        var style = new StyleOptions();
        var engine = CommandParts.Engine();
        var precision = CommandParts.Precision();
        var command = new Command("maximize", "Search for the pictures that most excite filters, and draw them as one picture.")
        {
            model, layer, file, filters, classes, engine, precision,
        };
        settings.AddTo(command);
        style.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(filters) is null == result.GetResult(classes) is null)
                result.AddError("Give either --filters or --class.");
            else if (result.GetResult(layer) is null or { Tokens.Count: 0 } && result.GetResult(classes) is null)
                result.AddError("Name a layer; only with --class the model's class layer is taken.");
        });
        command.SetAction((parsed, cancellation) => CommandRunner.RunAsync(
            parsed,
            shared,
            ServiceKinds.Render,
            session =>
            {
                var path = parsed.GetRequiredValue(file);
                var animation = FileFormats.Animated(path);
                var maximize = new MaximizeFilterRequest
                {
                    Model = session.Model,
                    Layer = parsed.GetValue(layer) ?? "",
                    Settings = settings.Read(parsed),
                    Engine = parsed.GetValue(engine) ?? "",
                    Precision = parsed.GetValue(precision) ?? "",
                };
                maximize.Filters.AddRange(parsed.GetValue(filters) ?? []);
                maximize.Classes.AddRange(parsed.GetValue(classes) ?? []);
                var request = new RenderMaximizationRequest
                {
                    Maximize = maximize,
                    Style = style.Read(parsed, animation is null ? FileFormats.Still(path) : PictureFormat.Png),
                    Animation = animation is { } format ? new Animation { Format = format } : null,
                    LabelScores = maximize.Settings.Score,
                };
                return DrawAndScoreAsync(session, request, path);
            },
            cancellation,
            model));
        return command;
    }

    /// <summary>Runs the maximization with live progress, writes the picture (or the animation asked for) and says so.</summary>
    /// <param name="session">The running command.</param>
    /// <param name="request">What to search for.</param>
    /// <param name="file">The file to write.</param>
    public static async Task<SavedPicture> DrawAsync(Session session, RenderMaximizationRequest request, string file)
    {
        var begin = session.Time.GetTimestamp();
        RunTracker? run = null;
        var maximize = request.Maximize;
        var what = maximize.Layer.Length > 0 ? maximize.Layer : string.Join(", ", maximize.Classes);
        var picture = await session.Output.TrackAsync($"maximising {what}", async progress =>
        {
            run = new RunTracker(progress, session.Time);
            return await PictureCalls.MaximizationAsync(session.Connection.Render, request, run.Take, session.Cancellation);
        });
        await PictureFile.SaveAsync(picture, file, session.Cancellation);
        var saved = SavedPicture.Of(file, picture, session.Time.GetElapsedTime(begin)) with
        {
            Scores = RunScores.Of(run?.Results ?? []),
        };
        session.Output.Picture(saved);
        if (run?.Completed is { ZeroGradientFilters.Count: > 0 } completed)
        {
            session.Output.Note(
                $"Filters {string.Join(", ", completed.ZeroGradientFilters)} never had a gradient (they are dead); "
                + "their tiles are empty.");
        }

        return saved;
    }

    private static async Task DrawAndScoreAsync(Session session, RenderMaximizationRequest request, string file)
    {
        if ((await DrawAsync(session, request, file)).Scores is { } scores)
            session.Output.Scores(scores);
    }
}
