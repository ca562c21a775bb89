using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Models.Hdf5;
using Xunit.Abstractions;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>Names, shapes, values and attributes of files that h5py wrote, against what h5py reads.</summary>
[Collection(H5pyFiles.Collection)]
public sealed class Hdf5ParityTests(H5pyFiles files, ITestOutputHelper output)
{
    private static readonly string[] _variants =
    [
        "numbers", "attributes", "many_attributes", "many_groups", "few_links", "chunks", "growing", "layouts", "old_keras",
        "hard_links", "strings", "small", "small_growing", "low_level_strings",
    ];

    /// <summary>Variants in the oldest, the middle (most) and the newest form of the format; then some by themselves.</summary>
    public static TheoryData<string> Files =>
    [
        .. _variants.SelectMany(variant => new[] { $"{variant}-earliest", $"{variant}-latest" }),
        .. _variants.Except(["growing", "many_groups"]).Select(variant => $"{variant}-v108"),
        "large_attributes-latest", "many_links-latest", "old_keras-user_block", "few_links-user_block_latest",
        "ordered-latest", "ordered-earliest", "small-sizes2", "small-sizes4", "strings-sizes4", "few_links-sizes4_latest",
    ];

    [H5pyFact]
    public void Files_OfTheScript_AreAllCompared() =>
        Assert.Equal(Files.Select<object[], string>(row => (string)row[0]).Order(), files.Names);

    [H5pyTheory]
    [MemberData(nameof(Files))]
    public void Open_FileOfH5py_ReadsTheSame(string name)
    {
        using var expected = files.Expected(name);
        using var file = Hdf5File.Open(files.PathOf($"{name}.h5"));
        var groups = expected.RootElement.GetProperty("groups").EnumerateObject().ToList();
        foreach (var (path, group) in groups.Select(entry => (entry.Name, entry.Value)))
        {
            var found = path.Length == 0 ? file.Root : file.Root.Group(path);
            Assert.NotNull(found);
            Assert.Equal(path, found.Path);
            Assert.Equal(group.GetProperty("names").EnumerateArray().Select(item => item.GetString()), found.Names);
            Assert.Null(file.Root.Dataset(path));
            SameAttributes(group.GetProperty("attributes"), found.Attributes);
        }

        var datasets = expected.RootElement.GetProperty("datasets").EnumerateObject().ToList();
        foreach (var (path, dataset) in datasets.Select(entry => (entry.Name, entry.Value)))
        {
            Same(path, dataset, file);
        }

        output.WriteLine($"{name}: {groups.Count} groups, {datasets.Count} datasets");
    }

    [H5pyTheory]
    [InlineData("chunks-latest.h5")]
    [InlineData("many_groups-earliest.h5")]
    public async Task Read_FromSeveralThreads_GivesTheSame(string name)
    {
        using var file = Hdf5File.Open(files.PathOf(name));
        var hashes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Hash(file.Root))));
        using var alone = Hdf5File.Open(files.PathOf(name));
        var expected = Hash(alone.Root);
        Assert.All(hashes, hash => Assert.Equal(expected, hash));
    }

    /// <summary>Of all values below a group.</summary>
    private static int Hash(Hdf5Group group)
    {
        var hash = default(HashCode);
        foreach (var name in group.Names)
        {
            if (group.Group(name) is { } child)
            {
                hash.Add(Hash(child));
            }
            else
            {
                var dataset = group.Dataset(name)!;
                var values = new float[dataset.ElementCount];
                dataset.ReadFloats(values);
                hash.AddBytes(MemoryMarshal.AsBytes(values.AsSpan()));
            }
        }

        return hash.ToHashCode();
    }

    private static void Same(string path, JsonElement expected, Hdf5File file)
    {
        var dataset = file.Root.Dataset(path);
        Assert.NotNull(dataset);
        Assert.Null(file.Root.Group(path));
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(item => item.GetInt32()), dataset.Shape);
        SameAttributes(expected.GetProperty("attributes"), dataset.Attributes);
        var contiguous = expected.GetProperty("contiguous").GetBoolean();
        Assert.Equal(contiguous ? expected.GetProperty("offset").GetInt64() : null, dataset.ContiguousOffset);
        switch (expected.GetProperty("kind").GetString())
        {
            case "numbers":
                var values = new float[dataset.ElementCount];
                dataset.ReadFloats(values);
                var bits = Convert.ToHexStringLower(MemoryMarshal.AsBytes(values.AsSpan()));
                Assert.True(expected.GetProperty("bits").GetString() == bits, path);
                SameStored(dataset, file, values);
                break;
            case "strings":
                var strings = expected.GetProperty("values").EnumerateArray().Select(item => item.GetString()!);
                Assert.Equal(strings, dataset.ReadStrings());
                Assert.Throws<ModelFormatException>(() => dataset.ReadFloats(new float[dataset.ElementCount]));
                break;
            case "empty":
                dataset.ReadFloats([]);
                break;
            default:
                Assert.Equal(Hdf5ElementType.Other, dataset.ElementType);
                var refusal = Assert.Throws<ModelFormatException>(() => dataset.ReadFloats(new float[dataset.ElementCount]));
                Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
                break;
        }
    }

    /// <summary>Where a dataset can be read in place, a weight store over the file's bytes gives the same values.</summary>
    private static void SameStored(Hdf5Dataset dataset, Hdf5File file, float[] values)
    {
        if (dataset.Stored("w") is { } stored && dataset.Shape.Count <= ModelLimits.MaxRank)
        {
            var store = new WeightStore(file.Source, [stored]);
            var again = new float[values.Length];
            store.Read("w", again);
            Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), again.Select(BitConverter.SingleToInt32Bits));
        }
    }

    private static void SameAttributes(JsonElement expected, Hdf5Attributes attributes)
    {
        Assert.Equal(expected.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal), attributes.Names);
        foreach (var (name, value) in expected.EnumerateObject().Select(entry => (entry.Name, entry.Value)))
        {
            Assert.True(attributes.Contains(name));
            if (value.TryGetProperty("strings", out var strings))
            {
                string[] wanted = [.. strings.EnumerateArray().Select(item => item.GetString()!)];
                Assert.Equal(wanted, attributes.Strings(name));
                Assert.Equal(wanted.Length == 1 ? wanted[0] : null, attributes.String(name));
                Assert.Null(attributes.Numbers(name));
            }
            else if (value.TryGetProperty("numbers", out var numbers))
            {
                double[] wanted = [.. numbers.EnumerateArray().Select(item => item.GetDouble())];
                Assert.Equal(wanted, attributes.Numbers(name));
                Assert.Equal(wanted.Length == 1 ? wanted[0] : null, attributes.Number(name));
                Assert.Null(attributes.Strings(name));
            }
            else if (value.TryGetProperty("empty", out _))
            {
                Assert.Empty(attributes.Strings(name)!);
                Assert.Null(attributes.String(name));
            }
            else
            {
                Assert.Null(attributes.Numbers(name));
                Assert.Null(attributes.Strings(name));
            }
        }
    }
}
