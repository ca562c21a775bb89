using System.CommandLine;
using System.Text;
using CnnViz.Cli.Commands.Models;
using CnnViz.Cli.Stack;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>`models`: the models a service knows.</summary>
internal static class ModelsCommand
{
    // Far more than any list; a token that never ends would otherwise be followed forever.
    private const int MaxPages = 1000;

    public static Command Create(SharedOptions shared)
    {
        var command = new Command("models", "List the models a service knows; the commands below it are about model files.")
        {
            ModelsPullCommand.Create(shared),
            ModelsListCommand.Create(shared),
            ModelsAddCommand.Create(shared),
            ModelsRemoveCommand.Create(shared),
        };
        command.SetAction((parsed, cancellation) =>
            CommandRunner.RunAsync(parsed, shared, ServiceKinds.Inference, RunAsync, cancellation));
        return command;
    }

    private static async Task RunAsync(Session session)
    {
        var all = new ListModelsResponse();
        var token = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var response = await session.Connection.Inference.ListModelsAsync(
                new ListModelsRequest { PageToken = token }, cancellationToken: session.Cancellation);
            all.Models.AddRange(response.Models);
            token = response.NextPageToken;
            if (token.Length == 0)
                break;
        }

        session.Output.Result(all, Table(all));
    }

    private static string Table(ListModelsResponse all)
    {
        var models = all.Models;
        if (models.Count == 0)
            return "This service has no models.";
        var width = models.Max(model => model.Name.Length);
        var text = new StringBuilder();
        foreach (var model in models)
        {
            text.Append(model.Name.PadRight(width)).Append("  ").Append(model.Description);
            if (!model.Available)
                text.Append('\n').Append(' ', width + 2).Append("not available: ").Append(model.UnavailableReason);
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}
