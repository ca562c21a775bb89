using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CnnViz.Models;

namespace CnnViz.Cli.Commands.Models;

/// <summary>A model that is to be added.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Files">Its files, its own first.</param>
/// <param name="Architecture">For weights alone, the network that they are for.</param>
/// <param name="Options">What the files do not say.</param>
internal sealed record AddedModel(string Name, IReadOnlyList<FileInfo> Files, string? Architecture, ModelReadOptions Options)
{
    /// <summary>Reads the command line.</summary>
    /// <exception cref="CliException">A usage error: a file that is missing, or a name or number that cannot be.</exception>
    public static AddedModel Read(ParseResult parsed, string path, AddOptions options)
    {
        var own = new FileInfo(path);
        if (!own.Exists)
        {
            throw Usage(
                Directory.Exists(path) ? $"'{path}' is a folder; name the model file in it." : $"There is no file '{path}'.");
        }

        if (!ModelFormats.Endings.Contains(own.Extension))
            throw Usage($"'{path}' does not end with {ModelFormats.EndingsText}, the model files that are read.");
        var name = parsed.GetValue(options.Name) ?? Path.GetFileNameWithoutExtension(own.Name).ToLowerInvariant();
        if (ModelNames.Refusal(name) is { } refusal)
            throw Usage($"The name '{name}' {refusal}; give another with --name.");
        FileInfo[] files = [own, .. Shards(own), .. (parsed.GetValue(options.Data) ?? []).Select(file => new FileInfo(file))];
        foreach (var file in files)
        {
            if (!file.Exists)
                throw Usage($"There is no file '{file.FullName}', which the model needs.");
            if (ModelNames.FileRefusal(file.Name) is { } reason)
                throw Usage($"The name of '{file.FullName}' {reason}.");
        }

        return new(name, files, parsed.GetValue(options.Architecture), new ModelReadOptions
        {
            Description = parsed.GetValue(options.Description) ?? "",
            Order = Order(parsed.GetValue(options.Order)),
            Mean = Numbers(parsed.GetValue(options.Mean), "--mean", float.MinValue),
            Std = Numbers(parsed.GetValue(options.Std), "--std", float.Epsilon),
            Labels = parsed.GetValue(options.Labels) is { } labels ? [.. File.ReadLines(labels)] : [],
        });
    }

    /// <summary>The weight files that a TensorFlow.js model names.</summary>
    private static IEnumerable<FileInfo> Shards(FileInfo own)
    {
        if (own.Extension != ".json")
            return [];
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(own.FullName));
            return
            [
                .. json.RootElement.GetProperty("weightsManifest").EnumerateArray()
                    .SelectMany(group => group.GetProperty("paths").EnumerateArray())
                    .Select(path => new FileInfo(Path.Combine(own.DirectoryName!, path.GetString()!))),
            ];
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw Usage($"'{own.Name}' is no TensorFlow.js model: {e.Message}");
        }
    }

    private static ChannelOrder? Order(string? text) => text switch
    {
        null => null,
        "gray" => ChannelOrder.Gray,
        "rgb" => ChannelOrder.Rgb,
        "bgr" => ChannelOrder.Bgr,
        "rgba" => ChannelOrder.Rgba,
        _ => throw Usage($"--order must be gray, rgb, bgr or rgba, not '{text}'."),
    };

    private static float[]? Numbers(IReadOnlyList<string>? texts, string option, float least) =>
        texts is null or { Count: 0 } ? null
        : [.. texts.Select(text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && float.IsFinite(value) && value >= least ? value : throw Usage($"{option}: '{text}' cannot be."))];

    private static CliException Usage(string message) => new(message, ExitCodes.Usage);
}
