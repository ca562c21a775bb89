using System.Diagnostics;
using CnnViz.Models.Tests.Hdf5;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Keras;

/// <summary>
/// Weight files in Keras Applications' layouts, written by h5py once for all tests, and the network they are for.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-keras-").FullName;

    public WeightFiles()
    {
        if (H5py.Missing is null)
        {
            Write(_folder);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Runs write_weights.py.</summary>
    internal static void Write(string folder, params string[] options)
    {
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Models.Tests", "Keras", "write_weights.py");
        string[] arguments = [script, folder, .. options];
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    /// <summary>Value <paramref name="index"/> of an array as write_weights.py makes it.</summary>
    internal static float Value(int layer, int array, int index) => (layer + (10 * array) + (index % 7)) / 64f;

    internal static ModelGraph Network()
    {
        var builder = new KerasModelBuilder(new InputSpec
        {
            Name = "input_1",
            Height = 8,
            Width = 8,
            Channels = 3,
            Order = ChannelOrder.Rgb,
            Mean = [1, 2, 3],
            Std = [4, 5, 6],
        });
        builder.Rescaling("scaled", 2);
        var relu = new ActivationOp(ActivationKind.Relu);
        builder.Conv2D("block1_conv1", 4, new Size2D(3, 3), padding: KerasPadding.Same, activation: relu);
        builder.BatchNormalization("block1_bn");
        builder.Pooling2D("block1_pool", PoolKind.Max, new Size2D(2, 2));
        builder.Conv2D("block2_conv1", 5, new Size2D(3, 3), padding: KerasPadding.Same);
        builder.Flatten("flatten");
        builder.Dense("predictions", 3, new SoftmaxOp());
        return builder.Build("small", "A small network");
    }
}
