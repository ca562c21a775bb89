using CnnViz.Engine.Torch;
using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>The committed autoencoder on the photograph that training left out.</summary>
public sealed class FashionAutoencoderTests(ITestOutputHelper output)
{
    private const string Model = "fashion-autoencoder";
    private const int Size = 96;

    [HeldOutPhotographFact]
    public void Forward_HeldOutPhotograph_ReconstructsAsRecorded()
    {
        using var catalog = TrainedModel.OpenCatalog();
        var graph = catalog.Load(Model);
        var photograph = ImageDecoder.Decode(File.ReadAllBytes(HeldOutPhotographFactAttribute.Path));
        var tiles = Tiles(photograph);
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        var again = TrainedModel.Run(engine, graph, tiles, tiles.Length / (Size * Size), "sigmoid_1");
        var error = tiles.Zip(again, (before, after) => Math.Pow((double)after - before, 2)).Average();
        var recorded = TrainedModel.Figure(Model, "held_out_mean_squared_error");
        output.WriteLine($"mean squared error {error:g6}, recorded {recorded:g6}");
        Assert.Equal(TrainedModel.Figure(Model, "held_out_tiles") * Size * Size, tiles.Length);
        Assert.InRange(error / recorded, 0.999, 1.001);

        // A code of a quarter of the values must beat the plainest quarter-size pictures there are.
        Assert.True(error < TrainedModel.Figure(Model, "mean_squared_error_of_4x4_means"));
    }

    [Fact]
    public void Summary_FirstLayers_HaveTheTutorialsShapesAndCounts()
    {
        using var catalog = TrainedModel.OpenCatalog();
        var summary = ModelSummary.Create(catalog.Load(Model), Size, Size);
        Assert.Equal(("(None, 96, 96, 1)", 0), Row("input_1"));
        Assert.Equal(("(None, 96, 96, 32)", 320), Row("conv2d_1"));
        Assert.Equal(("(None, 96, 96, 32)", 128), Row("batch_normalization_1"));
        Assert.Equal(("(None, 96, 96, 1)", 0), Row("sigmoid_1"));
        Assert.Equal(TrainedModel.Figure(Model, "parameters"), summary.TotalParameters);

        (string Shape, long Parameters) Row(string name)
        {
            var row = summary.Rows.Single(row => row.Name == name);
            return (row.OutputShape.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), row.Parameters);
        }
    }

    /// <summary>Whole 96x96 tiles from the top left in reading order, luma 0.299 R + 0.587 G + 0.114 B in 0..1.</summary>
    private static float[] Tiles(Raster photograph)
    {
        var tiles = new List<float>();
        for (var top = 0; top + Size <= photograph.Height; top += Size)
        {
            for (var left = 0; left + Size <= photograph.Width; left += Size)
            {
                for (var i = 0; i < Size * Size; i++)
                {
                    var pixel = photograph.Row(top + (i / Size)).Slice((left + (i % Size)) * photograph.Channels, 3);
                    tiles.Add(((0.299f * pixel[0]) + (0.587f * pixel[1]) + (0.114f * pixel[2])) / 255);
                }
            }
        }

        return [.. tiles];
    }
}

/// <summary>A fact about the photograph that training left out; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HeldOutPhotographFactAttribute : FactAttribute
{
    public HeldOutPhotographFactAttribute()
    {
        if (!File.Exists(Path))
        {
            Skip = $"{Path} is not there; ./cnnviz test installs it";
        }
    }

    /// <summary>The file.</summary>
    public static string Path { get; } = System.IO.Path.Combine(RepositoryPaths.Photos, "chelsea.png");
}
