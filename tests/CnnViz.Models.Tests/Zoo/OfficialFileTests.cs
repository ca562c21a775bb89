using System.Diagnostics;
using System.Text.Json;
using CnnViz.Models.Tests.Hdf5;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Zoo;

/// <summary>
/// Weight files in Keras Applications' layout into the zoo: InceptionV3's layers bear other numbers in its file, which begin at
/// 1, and go by their order; EfficientNetB0's normalization has an integer count.
/// </summary>
public sealed class OfficialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [H5pyTheory]
    [InlineData("inceptionv3-notop")]
    [InlineData("efficientnetb0-notop")]
    [InlineData("mobilenetv2-notop")]
    [InlineData("densenet121-notop")]
    public void Read_OfficialLayout_PutsEveryValueInItsPlace(string name)
    {
        var network = ZooModel.All.Single(model => model.Name == name).Build();
        (ListedLayer Layer, LayerWeight[] Weights)[] layers =
        [
            .. network.Listed.Select(layer => (layer, layer.Weights.Where(weight => weight.Role != "constant").ToArray()))
                .Where(entry => entry.Item2.Length > 0),
        ];
        var expected = new Dictionary<string, float>();
        var table = new List<object[]>();
        foreach (var (layer, weights) in layers)
        {
            var entries = new List<object[]>();
            foreach (var weight in weights)
            {
                expected[weight.Key] = expected.Count;
                var type = weight.Role == "count" ? "<i8" : "<f4";
                entries.Add([Path.GetFileName(weight.Key), weight.Shape, type, expected[weight.Key]]);
            }

            table.Add([InFile(name, layer.Name), entries]);
        }

        var path = Path.Combine(_folder.Path, "official.h5");
        Write(table, path);
        using var graph = KerasWeightsReader.Read(path, network);
        Assert.False(graph.Untrained);
        foreach (var weight in layers.SelectMany(layer => layer.Weights).Where(weight => weight.Role != "count"))
        {
            var values = new float[weight.ElementCount];
            graph.Weights.Read(weight.Key, values);
            Assert.True(values.All(value => value == expected[weight.Key]), weight.Key);
        }
    }

    /// <summary>A numbered layer's name in a file of the time when Keras began to count at 1.</summary>
    private static string InFile(string model, string layer)
    {
        if (model != "inceptionv3-notop")
        {
            return layer;
        }

        var cut = layer.LastIndexOf('_');
        return cut > 0 && int.TryParse(layer[(cut + 1)..], out var number) ? $"{layer[..cut]}_{number + 1}" : $"{layer}_1";
    }

    private void Write(List<object[]> table, string path)
    {
        var listing = Path.Combine(_folder.Path, "layers.json");
        File.WriteAllText(listing, JsonSerializer.Serialize(table));
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Models.Tests", "Zoo", "write_official.py");
        var start = new ProcessStartInfo("/usr/bin/python3", ["-B", script, listing, path]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
