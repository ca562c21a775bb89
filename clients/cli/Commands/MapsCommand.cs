using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using CnnViz.Cli.Streams;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cli.Commands;

/// <summary>`maps`: what layers make of a picture.</summary>
internal static class MapsCommand
{
    // The contract's limit for a picture on the wire.
    private const int MaxPictureBytes = 16 * 1024 * 1024;

    public static Command Create(SharedOptions shared)
    {
        var model = CommandParts.Model();
        var image = new Argument<FileInfo>("image") { Description = "PNG or JPEG file, at most 16 MiB" };
        var layers = CommandParts.Names("--layers", "Layers to draw; all come from one pass", required: true);
        var folder = new Option<string>("--output", "-o")
        {
            Description = "Folder for one picture file per layer",
            HelpName = "folder",
            Required = true,
        };
        var channels = CommandParts.Indices("--channels", "Channels to draw of each layer; default: all");
        var resize = new Option<string?>("--resize")
        {
            Description = "How the picture is fitted: crop (default), stretch or letterbox",
        };
        resize.AcceptOnlyFromAmong("crop", "stretch", "letterbox");
        var format = new Option<string>("--format")
        {
            Description = "File format: png (default), jpg or webp",
            DefaultValueFactory = _ => "png",
        };
        format.AcceptOnlyFromAmong("png", "jpg", "webp");
        var style = new StyleOptions();
        var engine = CommandParts.Engine();
        var precision = CommandParts.Precision();
        var command = new Command("maps", "Draw layers' feature maps of a picture.")
        {
            model, image, layers, folder, channels, resize, format, engine, precision,
        };
        style.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandRunner.RunAsync(
            parsed,
            shared,
            ServiceKinds.Render,
            async session =>
            {
                var maps = new FeatureMapsRequest
                {
                    Model = session.Model,
                    Picture = await ReadPictureAsync(parsed.GetRequiredValue(image), session.Cancellation),
                    Resize = ResizeOf(parsed.GetValue(resize)),
                    Engine = parsed.GetValue(engine) ?? "",
                    Precision = parsed.GetValue(precision) ?? "",
                };
                maps.Layers.AddRange(parsed.GetRequiredValue(layers));
                maps.Channels.AddRange(parsed.GetValue(channels) ?? []);
                var ending = $".{parsed.GetRequiredValue(format)}";
                var request = new RenderFeatureMapsRequest { Maps = maps, Style = style.Read(parsed, FileFormats.Still(ending)) };
                var path = parsed.GetRequiredValue(folder);
                await DrawAsync(session, request, layer => Path.Combine(path, PictureFile.NameOf(layer) + ending));
            },
            cancellation,
            model));
        return command;
    }

    /// <summary>Asks for the pictures, writes each and says so.</summary>
    /// <param name="session">The running command.</param>
    /// <param name="request">What to draw.</param>
    /// <param name="file">The file for a layer's name.</param>
    public static async Task<IReadOnlyList<SavedPicture>> DrawAsync(
        Session session, RenderFeatureMapsRequest request, Func<string, string> file)
    {
        var begin = session.Time.GetTimestamp();
        var pictures = await session.Output.WaitAsync($"feature maps of {string.Join(", ", request.Maps.Layers)}", async () =>
        {
            var arrived = new List<(ReceivedPicture Picture, TimeSpan Elapsed)>();
            var calls = PictureCalls.FeatureMapsAsync(session.Connection.Render, request, session.Cancellation);
            await foreach (var picture in calls)
                arrived.Add((picture, session.Time.GetElapsedTime(begin)));
            return arrived;
        });

        var saved = new List<SavedPicture>();
        foreach (var (picture, elapsed) in pictures)
        {
            var path = file(picture.Header.Name);
            await PictureFile.SaveAsync(picture, path, session.Cancellation);
            saved.Add(SavedPicture.Of(path, picture, elapsed));
            session.Output.Picture(saved[^1]);
        }

        return saved;
    }

    /// <summary>Reads a picture file for a request.</summary>
    /// <exception cref="CliException">There is no such file, or it is larger than the contract allows.</exception>
    public static async Task<Picture> ReadPictureAsync(FileInfo file, CancellationToken cancellation)
    {
        if (!file.Exists)
            throw new CliException($"There is no picture '{file}'.", ExitCodes.Usage);
        if (file.Length is 0 or > MaxPictureBytes)
        {
            throw new CliException(
                $"'{file}' has {file.Length:N0} bytes; a picture may have 1 to {MaxPictureBytes:N0}. A smaller one serves "
                + "as well: networks look at a few hundred pixels.",
                ExitCodes.Usage);
        }

        return new Picture { Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(file.FullName, cancellation)) };
    }

    private static ResizePolicy ResizeOf(string? name) => name switch
    {
        "crop" => ResizePolicy.CenterCrop,
        "stretch" => ResizePolicy.Stretch,
        "letterbox" => ResizePolicy.Letterbox,
        _ => ResizePolicy.Unspecified,
    };
}
