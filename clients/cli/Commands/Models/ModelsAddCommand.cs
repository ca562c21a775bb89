using System.CommandLine;
using System.Globalization;
using CnnViz.Cli.Output;
using CnnViz.Cli.Pull;
using CnnViz.Cli.Stack;
using CnnViz.Models;

namespace CnnViz.Cli.Commands.Models;

/// <summary>`models add`: a model file into the model root, or by upload to a running service.</summary>
internal static class ModelsAddCommand
{
    public static Command Create(SharedOptions shared)
    {
        var path = new Argument<string>("path") { Description = $"The model's file: {ModelFormats.EndingsText}" };
        var options = new AddOptions();
        var root = ModelRoot.Option();
        var command = new Command(
            "add", "Read a model and copy it into the model root; with --endpoint, upload it to a running service.")
        {
            path, root,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var local = !shared.IsRemote(parsed);
            return local
                ? CommandRunner.RunLocalAsync(
                    parsed,
                    shared,
                    output => AddAsync(
                        output,
                        AddedModel.Read(parsed, parsed.GetRequiredValue(path), options),
                        ModelRoot.Of(parsed, root),
                        cancellation),
                    cancellation)
                : CommandRunner.RunAsync(
                    parsed,
                    shared,
                    ServiceKinds.Inference,
                    session => ModelUploader.RunAsync(session, AddedModel.Read(parsed, parsed.GetRequiredValue(path), options)),
                    cancellation,
                    eitherEndpoint: true);
        });
        return command;
    }

    private static async Task AddAsync(IOutput output, AddedModel model, string root, CancellationToken cancellation)
    {
        var store = new ModelStore(root, new ModelStoreLimits(), TimeProvider.System);
        try
        {
            using var staged = store.Stage(model.Name, model.Files.Sum(file => file.Length));
            var files = new List<ManifestFile>();
            foreach (var file in model.Files)
            {
                await using (var from = file.OpenRead())
                await using (var to = staged.Create(file.Name))
                {
                    await from.CopyToAsync(to, cancellation);
                    to.Flush(flushToDisk: true);
                }

                var digests = await FileDigests.OfAsync(file.FullName, cancellation);
                files.Add(new ManifestFile(file.Name, digests.Bytes, digests.Sha256));
            }

            var accepted = staged.Publish(
                new ModelManifest { Origin = "added", Files = files, Architecture = model.Architecture, Options = model.Options },
                cancellation);
            output.Facts(
                new
                {
                    Added = new
                    {
                        model.Name,
                        Root = root,
                        accepted.Digest,
                        accepted.Layers,
                        accepted.Parameters,
                        accepted.Unsupported,
                    },
                },
                Describe(model.Name, accepted.Layers, accepted.Parameters, accepted.Digest, accepted.Unsupported));
        }
        catch (Exception e) when (e is ModelStoreException or ModelFormatException)
        {
            throw new CliException($"{model.Name} was not added to {root}: {e.Message}.");
        }
    }

    /// <summary>A model that was taken in, in words.</summary>
    public static string Describe(
        string name, int layers, long parameters, string digest, IReadOnlyCollection<string> unsupported)
    {
        var words = string.Create(
            CultureInfo.InvariantCulture, $"{name}: {layers} layers, {parameters:N0} weights, sha256 {digest}");
        return unsupported.Count == 0
            ? words
            : $"{words}\ncannot be computed, nor what comes behind:\n  {string.Join("\n  ", unsupported)}";
    }
}
