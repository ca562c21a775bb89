using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>File formats by the endings of file names, in any case.</summary>
internal static class FileFormats
{
    /// <summary>The endings of still pictures, for help texts.</summary>
    public const string StillEndings = ".png, .jpg or .webp";

    /// <summary>The endings of animations, for help texts.</summary>
    public const string AnimatedEndings = ".apng or .gif";

    /// <summary>The format of a still picture.</summary>
    /// <exception cref="CliException">The ending is none of a still picture's.</exception>
    public static PictureFormat Still(string file) => StillOrNull(file)
        ?? throw new CliException($"'{file}' must end with {StillEndings}: the ending says in which format.", ExitCodes.Usage);

    /// <summary>The format of an animation; null if the ending is a still picture's.</summary>
    /// <exception cref="CliException">The ending is neither's.</exception>
    public static AnimationFormat? Animated(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".apng" => AnimationFormat.Apng,
        ".gif" => AnimationFormat.Gif,
        _ when StillOrNull(file) is not null => null,
        _ => throw new CliException(
            $"'{file}' must end with {StillEndings}, or for an animation with {AnimatedEndings}: it says in which format.",
            ExitCodes.Usage),
    };

    private static PictureFormat? StillOrNull(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".png" => PictureFormat.Png,
        ".jpg" or ".jpeg" => PictureFormat.Jpeg,
        ".webp" => PictureFormat.Webp,
        _ => null,
    };
}
