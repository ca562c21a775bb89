using System.Runtime.Versioning;

namespace CnnViz.Cli.Tests.Stack;

/// <summary>A shell script in the AppHost's place.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FakeAppHost : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnnviz-test-");

    /// <summary>Writes the script; it can write to files in <c>$HERE</c>.</summary>
    public FakeAppHost(string script)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "apphost");
        File.WriteAllText(Path, $"#!/bin/sh\nHERE='{_folder.FullName}'\n{script}\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Shell text that writes the endpoints file the way the AppHost does: complete, then renamed.</summary>
    public static string Ready { get; } = """
        cat > "$CNNVIZ_ENDPOINTS_FILE.new" <<END
        {
          "inference": { "grpc": "http://127.0.0.1:5001", "http": "http://127.0.0.1:5011" },
          "render": { "grpc": "http://127.0.0.1:5002", "http": "http://127.0.0.1:5012" }
        }
        END
        mv "$CNNVIZ_ENDPOINTS_FILE.new" "$CNNVIZ_ENDPOINTS_FILE"
        """;

    /// <summary>Shell text that waits for ever, without a busy loop, so that a trap runs at once.</summary>
    public static string WaitForSignal { get; } = """
        mkfifo "$HERE/never"
        read -r _ < "$HERE/never" &
        WAITER=$!
        wait
        """;

    public string Path { get; }

    /// <summary>What the script wrote to a file in its folder; null if it did not.</summary>
    public string? Written(string name)
    {
        var file = System.IO.Path.Combine(_folder.FullName, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
