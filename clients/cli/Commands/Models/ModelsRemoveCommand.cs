using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Cli.Commands.Models;

/// <summary>`models remove`: what `add` or `pull` put into the model root, or what was uploaded to a running service.</summary>
internal static class ModelsRemoveCommand
{
    public static Command Create(SharedOptions shared)
    {
        var name = new Argument<string>("name") { Description = "A model that was added, pulled or uploaded" };
        var root = ModelRoot.Option();
        var command = new Command(
            "remove", "Remove a model that was added, pulled or uploaded; with --endpoint, from a running service.")
        {
            name, root,
        };
        command.SetAction((parsed, cancellation) => shared.IsRemote(parsed)
            ? CommandRunner.RunAsync(
                parsed,
                shared,
                ServiceKinds.Inference,
                session => DeleteAsync(session, parsed.GetRequiredValue(name)),
                cancellation,
                eitherEndpoint: true)
            : CommandRunner.RunLocalAsync(
                parsed,
                shared,
                output =>
                {
                    Remove(output, ModelRoot.Of(parsed, root), parsed.GetRequiredValue(name));
                    return Task.CompletedTask;
                },
                cancellation));
        return command;
    }

    private static async Task DeleteAsync(Session session, string name)
    {
        await session.Connection.Models.DeleteModelAsync(
            new DeleteModelRequest { Name = name }, cancellationToken: session.Cancellation);
        session.Output.Facts(new { Removed = name }, $"{name} was removed");
    }

    private static void Remove(IOutput output, string root, string name)
    {
        // The network's own file, not the one with a classifier that it can use as well.
        var official = OfficialWeights.FilesOf(name).Where(file => OfficialWeights.NetworkOf(file) == name)
            .Select(file => Path.Combine(root, file)).FirstOrDefault(File.Exists);
        if (official is null)
        {
            RemoveAdded(root, name);
        }
        else if (WeightReceipt.Read(official) is not { Downloaded: true })
        {
            throw new CliException($"'{official}' was not pulled; whoever put it there may delete it.");
        }
        else
        {
            File.Delete(official);
            File.Delete(WeightReceipt.PathFor(official));
        }

        output.Facts(new { Removed = name }, $"{name} was removed from {root}");
    }

    private static void RemoveAdded(string root, string name)
    {
        try
        {
            new ModelStore(root, new ModelStoreLimits(), TimeProvider.System).Remove(name);
        }
        catch (ModelStoreException e)
        {
            throw new CliException($"{name} was not removed from {root}: {e.Message}.");
        }
    }
}
