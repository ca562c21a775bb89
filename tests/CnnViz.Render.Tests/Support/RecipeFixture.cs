using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CnnViz.Imaging.Codecs;
using CnnViz.Render.Pictures;
using CnnViz.Tests.Shared;

namespace CnnViz.Render.Tests.Support;

/// <summary>The recipes' pictures by numpy, Pillow and matplotlib, made once.</summary>
public sealed class RecipeFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-render-").FullName;
    private readonly Dictionary<string, (int Width, int Height)> _sizes;

    public RecipeFixture()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Reference", "recipes.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, Path.Combine(RepositoryPaths.Root, "samples"), _folder])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        _sizes = File.ReadLines(Path.Combine(_folder, "manifest.txt")).Select(line => line.Split(' ')).ToDictionary(
            fields => fields[0],
            fields => (int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture)));
    }

    public float[] Values(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder, name + ".f32"))).ToArray();

    /// <summary>Fails unless the picture is the reference's, pixel for pixel.</summary>
    internal void AssertEqual(string name, FinishedPicture picture)
    {
        var decoded = PngDecoder.Decode(picture.File).ToRgb();
        Assert.Equal(_sizes[name], (decoded.Width, decoded.Height));
        Assert.Equal((picture.Width, picture.Height), (decoded.Width, decoded.Height));
        var expected = File.ReadAllBytes(Path.Combine(_folder, name + ".raw"));
        var differing = decoded.Pixels.Zip(expected).Count(pair => pair.First != pair.Second);
        Assert.True(
            expected.Length == decoded.Pixels.Length && differing == 0, $"{name}: {differing} of {expected.Length} bytes differ");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
