namespace CnnViz.Cli.Stack;

/// <summary>Says when a file appears, by the operating system's notification instead of looking again and again.</summary>
internal sealed class FileArrival : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to watch.</summary>
    /// <param name="file">The file, in a folder that exists. Whoever makes it renames it into place when it is complete.</param>
    public FileArrival(string file)
    {
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file));
        _watcher.Created += (_, _) => _arrived.TrySetResult();
        _watcher.Renamed += (_, _) => _arrived.TrySetResult();
        _watcher.Error += (_, error) => _arrived.TrySetException(error.GetException());
        _watcher.EnableRaisingEvents = true;
        // Looked at after the watch began, so that no moment is missed.
        if (File.Exists(file))
            _arrived.TrySetResult();
    }

    /// <summary>Done when the file is there.</summary>
    public Task Arrived => _arrived.Task;

    public void Dispose() => _watcher.Dispose();
}
