using System.Text.Json;

namespace CnnViz.Cli.Pull;

/// <summary>
/// A file that is still coming, beside the place where it will lie: its bytes, and from what they are, so that a later call can
/// go on. Only one process at a time can have it.
/// </summary>
internal sealed class PartFile : IAsyncDisposable
{
    private readonly string _note;

    private PartFile(string path, FileStream bytes)
    {
        Path = path;
        Bytes = bytes;
        _note = path + ".json";
    }

    /// <summary>Where the bytes are.</summary>
    public string Path { get; }

    /// <summary>The bytes; written at the end.</summary>
    public FileStream Bytes { get; }

    /// <summary>Opens the part of a file, or begins one.</summary>
    /// <param name="destination">Where the whole file will lie.</param>
    /// <exception cref="CliException">Another process has it.</exception>
    public static PartFile Open(string destination)
    {
        var path = destination + ".part";
        try
        {
            var bytes = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            bytes.Seek(0, SeekOrigin.End);
            return new PartFile(path, bytes);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new CliException($"Another process is downloading '{destination}' now.");
        }
    }

    /// <summary>
    /// What proves that a server still has the file that the bytes are from: an ETag or a date; null if nothing does.
    /// </summary>
    /// <param name="address">The address that will be asked.</param>
    public string? ValidatorFor(Uri address)
    {
        try
        {
            var note = JsonSerializer.Deserialize<Note>(File.ReadAllText(_note));
            return note?.Address == address.AbsoluteUri ? note.Validator : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Bytes.SetLength(0);
        Bytes.Seek(0, SeekOrigin.Begin);
    }

    /// <summary>Keeps what proves that a server still has the same file.</summary>
    public void Remember(Uri address, string? validator) =>
        File.WriteAllText(_note, JsonSerializer.Serialize(new Note(address.AbsoluteUri, validator)));

    /// <summary>Deletes bytes and note.</summary>
    public async Task DiscardAsync()
    {
        await Bytes.DisposeAsync();
        File.Delete(Path);
        File.Delete(_note);
    }

    /// <summary>Makes the bytes the whole file, in one rename, and deletes the note.</summary>
    public async Task FinishAsync(string destination)
    {
        Bytes.Flush(flushToDisk: true);
        await Bytes.DisposeAsync();
        File.Move(Path, destination, overwrite: false);
        File.Delete(_note);
    }

    public async ValueTask DisposeAsync() => await Bytes.DisposeAsync();

    private sealed record Note(string Address, string? Validator);
}
