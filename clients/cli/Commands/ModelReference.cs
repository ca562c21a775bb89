namespace CnnViz.Cli.Commands;

/// <summary>What a command line means by MODEL.</summary>
/// <param name="Name">The model as requests name it: its name, or its file's path.</param>
/// <param name="Folder">The folder (absolute) that a stack started for the call must be allowed to read; null for a name.</param>
internal sealed record ModelReference(string Name, string? Folder)
{
    /// <summary>The endings of model files, for a sentence.</summary>
    private const string Kinds = ".onnx, .json, .safetensors, .h5, .hdf5 or .keras";

    /// <summary>
    /// Reads MODEL. With a directory separator or a model file's ending it is a path. For a stack of this machine that must be a
    /// file, and becomes absolute; a service that runs already gets what was written, as its files may be another machine's.
    /// </summary>
    /// <param name="given">The argument.</param>
    /// <param name="local">Whether a stack is started for the call.</param>
    /// <exception cref="CliException">A usage error: there is no such file, or it is of no kind that is read.</exception>
    public static ModelReference Read(string given, bool local)
    {
        if (!local || !IsPath(given))
            return new(given, null);
        var path = Path.GetFullPath(given);
        if (Directory.Exists(path))
            throw new CliException($"'{given}' is a folder; name the model file in it.", ExitCodes.Usage);
        if (!HasModelEnding(path))
            throw new CliException($"'{given}' is no model file that is read: {Kinds}.", ExitCodes.Usage);
        return File.Exists(path)
            ? new(path, Path.GetDirectoryName(path))
            : throw new CliException($"There is no file '{given}'.", ExitCodes.Usage);
    }

    private static bool IsPath(string text) => text.Contains('/', StringComparison.Ordinal)
        || text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || HasModelEnding(text);

    /// <summary>PyTorch's pickles too: the service says how to convert them.</summary>
    private static bool HasModelEnding(string path) =>
        Path.GetExtension(path) is ".onnx" or ".json" or ".safetensors" or ".h5" or ".hdf5" or ".keras" or ".pth" or ".pt" or ".ckpt" or ".pkl" or ".pickle";
}
