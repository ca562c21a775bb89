using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CnnViz.Models.Tests.Hdf5;
using CnnViz.Models.Tests.Keras;
using CnnViz.Models.Tests.TfJs;

namespace CnnViz.Models.Tests.Fuzz;

/// <summary>Keras' formats: configurations, archives, and, where h5py can write them, .h5 files.</summary>
internal static class KerasFuzz
{
    private static readonly string[] _words =
    [
        "null", "true", "false", "-1", "0", "1", "2", "3", "4096", "2147483647", "-2147483648", "9223372036854775807", "1e308",
        "1e-45", "0.5", "\"\"", "\"same\"", "\"valid\"", "\"channels_first\"", "\"channels_last\"", "\"bilinear\"", "\"relu\"",
        "\"softmax\"", "\"linear\"", "\"conv\"", "\"pool\"", "\"image\"", "\"own\"", "\"Conv2D\"", "\"Dense\"", "\"Reshape\"", "\"InputLayer\"",
        "\"Sequential\"", "\"Functional\"", "\"Add\"", "\"Flatten\"", "\"PReLU\"", "\"Normalization\"", "\"SeparableConv2D\"",
        "\"Conv2DTranspose\"", "\"Cropping2D\"", "\"LeakyReLU\"", "\"my_package\"", "[]", "{}", "[2,2]", "[[1,2],[3,4]]", "[null,8,8,3]",
        "[null,3,8,8]", "[-1,4]",
        """["conv",0,0,{}]""", """[["pool",0,0,{}],["conv",0,0,{}]]""", """{"class_name":"LeakyReLU","config":{"alpha":0.5}}""",
        """{"args":[{"class_name":"__keras_tensor__","config":{"keras_history":["conv",0,0]}}],"kwargs":{}}""",
    ];

    public static IReadOnlyList<FuzzSubject> Small { get; } =
    [
        new("Keras layers model, most layers, structure", LayersModel, Structure, Read),
        new("Keras layers model, most layers, bytes", LayersModel, ByteDamage.Apply, Read),
        .. H5py.Missing is null
            ? new FuzzSubject[]
            {
                new("Keras archive, bytes", Archive, ByteDamage.Apply, Read),
                new("Keras archive, its directory", Archive, Directory, Read),
                new("Keras archive, structure", Archive, ArchivedStructure, Read),
                new("Keras .h5 model, bytes", Model, ByteDamage.Apply, Read),
                new("Keras .h5 model, structure", Model, ConfigInPlace, Read),
                new("Keras weights, bytes", Weights, ByteDamage.Apply, ReadWeights),
            }
            : [],
    ];

    private static ModelGraph Read(string path) => KerasModelReader.Read(path);

    private static ModelGraph ReadWeights(string path) => KerasWeightsReader.Read(path, WeightFiles.Network());

    private static IReadOnlyList<(string Name, byte[] Bytes)> LayersModel()
    {
        var (json, bytes) = LayersModelFile.Valid().Parts();
        return [("model.json", json), ("w.bin", bytes)];
    }

    private static byte[] Structure(byte[] text, Random random)
    {
        var json = JsonNode.Parse(text)!.AsObject();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            JsonMutation.Apply(json, random, _words);
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>A configuration and weights that fit it, half of it compressed.</summary>
    private static IReadOnlyList<(string Name, byte[] Bytes)> Archive()
    {
        var config = LayersModelFile.Functional().Layer("Conv2D", "conv", """{"filters":4,"kernel_size":[3,3]}""")
            .Layer("ReLU", "relu").Config().ToJsonString();
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "metadata.json", """{"keras_version":"3.5.0"}"""u8, CompressionLevel.NoCompression);
            Add(archive, "config.json", Encoding.UTF8.GetBytes(config), CompressionLevel.Optimal);
            Add(archive, "model.weights.h5", File("archive.weights.h5"), CompressionLevel.NoCompression);
        }

        return [("model.keras", bytes.ToArray())];
    }

    /// <summary>Damages an archive's headers and directory: all but the weights, which are stored as they are.</summary>
    private static byte[] Directory(byte[] bytes, Random random)
    {
        var weights = bytes.AsSpan().IndexOf("HDF\r\n"u8) - 1;
        var directory = bytes.AsSpan().LastIndexOf("model.weights.h5"u8);
        directory = bytes.AsSpan(0, directory).LastIndexOf("PK\u0001\u0002"u8);
        return random.Next(2) == 0
            ? [.. ByteDamage.Apply(bytes[..weights], random), .. bytes[weights..]]
            : [.. bytes[..directory], .. ByteDamage.Apply(bytes[directory..], random)];
    }

    /// <summary>Damages an archive's configuration and packs it again.</summary>
    private static byte[] ArchivedStructure(byte[] bytes, Random random)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read))
        using (var changed = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in archive.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                {
                    stream.CopyTo(content);
                }

                var damaged = entry.Name == "config.json" ? Structure(content.ToArray(), random) : content.ToArray();
                Add(changed, entry.FullName, damaged, random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
            }
        }

        return packed.ToArray();
    }

    /// <summary>Damages the configuration within an .h5 file; what is shorter is filled up with blanks, what is longer cut.</summary>
    private static byte[] ConfigInPlace(byte[] bytes, Random random)
    {
        var begin = bytes.AsSpan().IndexOf("{\"class_name\""u8);
        var length = bytes.AsSpan(begin).IndexOf((byte)0);
        var damaged = Structure(bytes[begin..(begin + length)], random);
        var copy = bytes.ToArray();
        copy.AsSpan(begin, length).Fill((byte)' ');
        damaged.AsSpan(0, Math.Min(length, damaged.Length)).CopyTo(copy.AsSpan(begin));
        return copy;
    }

    private static IReadOnlyList<(string Name, byte[] Bytes)> Model() => [("model.h5", File("model.h5"))];

    private static IReadOnlyList<(string Name, byte[] Bytes)> Weights() => [("model.h5", File("small.old.h5"))];

    private static byte[] File(string name)
    {
        using var files = new WeightFiles();
        return System.IO.File.ReadAllBytes(files.PathOf(name));
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes, CompressionLevel level)
    {
        using var stream = archive.CreateEntry(name, level).Open();
        stream.Write(bytes);
    }
}
