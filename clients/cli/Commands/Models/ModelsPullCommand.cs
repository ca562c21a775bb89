using System.CommandLine;
using System.Globalization;
using System.Text;
using CnnViz.Cli.Output;
using CnnViz.Cli.Pull;
using CnnViz.Models;

namespace CnnViz.Cli.Commands.Models;

/// <summary>`models pull`: an official weight file into the model root.</summary>
internal static class ModelsPullCommand
{
    public static Command Create(SharedOptions shared)
    {
        var name = new Argument<string?>("name")
        {
            Description = "Network of the zoo, for example vgg16 or vgg16-notop; without it the list of what can be pulled",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var list = new Option<string?>("--sources")
        {
            Description = "A list of one's own, as of a mirror, instead of the one that comes with the tool",
            HelpName = "file",
        };
        var root = ModelRoot.Option();
        var command = new Command("pull", "Download official trained weights, check them, and use them from then on.")
        {
            name, list, root,
        };
        command.SetAction((parsed, cancellation) => CommandRunner.RunLocalAsync(
            parsed,
            shared,
            async output =>
            {
                var sources = parsed.GetValue(list) is { } file ? WeightSources.Load(file) : WeightSources.BuiltIn();
                if (parsed.GetValue(name) is { } network)
                    await PullAsync(output, sources, network, ModelRoot.Of(parsed, root), cancellation);
                else
                    output.Facts(new { Sources = sources.Files }, Table(sources));
            },
            cancellation));
        return command;
    }

    private static async Task PullAsync(
        IOutput output, WeightSources sources, string network, string root, CancellationToken cancellation)
    {
        var source = sources.Files.FirstOrDefault(file => file.Network == network)
            ?? throw new CliException(
                $"No weights of '{network}' can be pulled. "
                + $"There are: {string.Join(", ", sources.Files.Select(file => file.Network))}.",
                ExitCodes.Usage);
        output.Note($"{source.File}: {source.Licence}");
        using var client = WeightDownload.Client();
        var pull = new WeightPull(new WeightDownload(client, sources, TimeProvider.System), output, TimeProvider.System);
        var pulled = await pull.RunAsync(source, root, cancellation);
        var digest = WeightsDigest(source, root);
        output.Facts(
            new
            {
                Pulled = new
                {
                    source.Network,
                    pulled.Path,
                    pulled.Downloaded,
                    pulled.Digests.Bytes,
                    pulled.Digests.Sha256,
                    Published = source.Digests,
                    Digest = digest,
                    source.Licence,
                },
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{pulled.Path}  {pulled.Digests.Bytes:N0} bytes, {(pulled.Downloaded ? "downloaded" : "was there already")}\n"
                + $"    {source.DigestsText}, as published; sha256 of the file {pulled.Digests.Sha256}\n"
                + $"    the model '{source.Network}' has these weights, sha256 {digest}, from now on"));
    }

    /// <summary>The weights' own digest, which captions and answers show: read, so that a file of no use is found here.</summary>
    private static string WeightsDigest(WeightSource source, string root)
    {
        try
        {
            using var catalog = ModelCatalog.Open(root);
            return catalog.Load(source.Network).Digest;
        }
        catch (ModelFormatException e)
        {
            throw new CliException($"{source.File} is the published file, but '{source.Network}' cannot use it: {e.Message}.");
        }
    }

    private static string Table(WeightSources sources)
    {
        var width = sources.Files.Max(file => file.Network.Length);
        var text = new StringBuilder();
        foreach (var file in sources.Files)
        {
            var size = file.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes / 1e6:0} MB") : "";
            text.Append(CultureInfo.InvariantCulture, $"{file.Network.PadRight(width)}  {file.File}{size}\n");
        }

        return text.ToString().TrimEnd('\n');
    }
}
