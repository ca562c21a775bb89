using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CnnViz.Imaging.Tests.Support;

/// <summary>The answers of Reference/reference.py for one kind of case, in a folder that lives as long as this object.</summary>
public sealed class Reference : IDisposable
{
    public const string Python = "/usr/bin/python3";

    private Reference(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The manifest's lines, split into fields.</summary>
    public IReadOnlyList<string[]> Cases { get; private set; } = [];

    /// <summary>Runs the script; <paramref name="prepare"/> may put inputs into the folder first.</summary>
    public static Reference Run(string what, Action<string>? prepare = null)
    {
        var reference = new Reference(Directory.CreateTempSubdirectory("cnnviz-imaging-").FullName);
        prepare?.Invoke(reference.Folder);
        var script = Path.Combine(AppContext.BaseDirectory, "Reference", "reference.py");
        var (code, output) = Execute(script, what, reference.Folder);
        Assert.True(code == 0, output);
        var lines = File.ReadAllLines(Path.Combine(reference.Folder, "manifest.txt"));
        reference.Cases = [.. lines.Select(l => l.Split(what == "decode" ? '\t' : ' '))];
        Assert.NotEmpty(reference.Cases);
        return reference;
    }

    public byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    public float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(Bytes(file)).ToArray();

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static (int Code, string Output) Execute(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}

/// <summary>A fact that needs Debian's Pillow, numpy and matplotlib; skipped without them.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> _missing = new(Probe);

    public PythonFactAttribute() => Skip = _missing.Value;

    private static string? Probe()
    {
        if (!File.Exists(Reference.Python))
            return $"{Reference.Python} does not exist.";
        var (code, output) = Reference.Execute("-c", "import PIL, numpy, matplotlib");
        return code == 0 ? null : "python3-pil, python3-numpy or python3-matplotlib is missing: " + output.Trim();
    }
}
