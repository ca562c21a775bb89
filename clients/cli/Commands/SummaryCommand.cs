using System.CommandLine;
using CnnViz.Cli.Stack;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>`summary`: a model's layers, shapes and parameter counts.</summary>
internal static class SummaryCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = CommandParts.Model();
        var size = new Option<int>("--size")
        {
            Description = "Input height and width in pixels for the shapes; default: the model's own",
            HelpName = "pixels",
        };
        var command = new Command("summary", "Print a model's layers, output shapes and parameter counts.") { model, size };
        command.SetAction((parsed, cancellation) => CommandRunner.RunAsync(
            parsed,
            shared,
            ServiceKinds.Inference,
            async session =>
            {
                var pixels = parsed.GetValue(size);
                var info = await session.Connection.Inference.ModelInfoAsync(
                    new ModelInfoRequest { Model = session.Model, Height = pixels, Width = pixels },
                    cancellationToken: session.Cancellation);
                session.Output.Result(info, info.Summary.TrimEnd());
            },
            cancellation,
            model));
        return command;
    }
}
