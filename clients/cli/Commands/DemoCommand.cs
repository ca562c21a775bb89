using System.CommandLine;
using CnnViz.Cli.Demo;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;

namespace CnnViz.Cli.Commands;

/// <summary>`demo`: the four tutorials, from a summary to what filters look for.</summary>
internal static class DemoCommand
{
    public static Command Create(SharedOptions shared)
    {
        var folder = new Option<string>("--out")
        {
            Description = "Folder for the pictures and a page that shows them",
            HelpName = "folder",
            Required = true,
        };
        var photo = new Option<FileInfo>("--photo")
        {
            Description = "Photograph for the feature maps: PNG or JPEG, at most 16 MiB",
            HelpName = "file",
            Required = true,
        };
        var command = new Command("demo", "Draw the four tutorials: filters, feature maps, weights, and what filters look for.")
        {
            folder, photo,
        };
        command.SetAction((parsed, cancellation) => CommandRunner.RunAsync(
            parsed,
            shared,
            ServiceKinds.Inference | ServiceKinds.Render,
            async session =>
            {
                var begin = session.Time.GetTimestamp();
                var path = parsed.GetRequiredValue(folder);
                Directory.CreateDirectory(path);
                var page = await new DemoRun(session, path, parsed.GetRequiredValue(photo)).RunAsync();
                session.Output.Heading($"Done in {Durations.Short(session.Time.GetElapsedTime(begin))}");
                session.Output.Note($"All pictures on one page: {page}");
            },
            cancellation));
        return command;
    }
}
