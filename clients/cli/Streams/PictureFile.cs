namespace CnnViz.Cli.Streams;

/// <summary>Pictures as files.</summary>
internal static class PictureFile
{
    /// <summary>Writes a picture; the file appears whole or not at all. Folders are made.</summary>
    public static async Task SaveAsync(ReceivedPicture picture, string file, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var partial = $"{full}.{Environment.ProcessId}.partial";
        try
        {
            await File.WriteAllBytesAsync(partial, picture.Data, cancellation);
            File.Move(partial, full, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>A layer's name as a file name: what is neither a letter, a digit, '.', '-' nor '_' becomes '-'.</summary>
    public static string NameOf(string layer)
    {
        var safe = layer.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-');
        return string.Concat(safe).TrimStart('.') is { Length: > 0 } name ? name : "layer";
    }
}
