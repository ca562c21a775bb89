using System.Diagnostics;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>python3-h5py, the independent writer and reader that the managed reader is compared with.</summary>
internal static class H5py
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> _installed = new(() =>
    {
        try
        {
            var start = new ProcessStartInfo(Python, ["-c", "import h5py, numpy"]) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    /// <summary>Why tests that need it are skipped; null when they can run.</summary>
    public static string? Missing => _installed.Value ? null : "python3-h5py is not installed; ./cnnviz test installs it";

    /// <summary>Runs the script beside this file.</summary>
    public static void WriteFiles(string folder, params string[] options)
    {
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Models.Tests", "Hdf5", "write_files.py");
        // -B: nothing is written beside the sources.
        string[] arguments = ["-B", script, folder, .. options];
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}

/// <summary>A fact that needs h5py; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class H5pyFactAttribute : FactAttribute
{
    public H5pyFactAttribute() => Skip = H5py.Missing;
}

/// <summary>As <see cref="H5pyFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class H5pyTheoryAttribute : TheoryAttribute
{
    public H5pyTheoryAttribute() => Skip = H5py.Missing;
}

/// <summary>The files of all variants, written once for all tests that read them.</summary>
[CollectionDefinition(Collection)]
public sealed class H5pyFiles : IDisposable, ICollectionFixture<H5pyFiles>
{
    public const string Collection = "HDF5 files of h5py";

    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-hdf5-").FullName;

    public H5pyFiles()
    {
        if (H5py.Missing is null)
        {
            H5py.WriteFiles(_folder);
        }
    }

    /// <summary>Every file that h5py described, by name without suffix.</summary>
    public IEnumerable<string> Names =>
        Directory.EnumerateFiles(_folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order();

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>What h5py reads.</summary>
    public JsonDocument Expected(string name) => JsonDocument.Parse(File.ReadAllBytes(PathOf($"{name}.json")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
