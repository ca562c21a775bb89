using System.Buffers.Binary;
using CnnViz.Models.Hdf5;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>What the reader does not read is refused by name and place; what lies beside it stays readable.</summary>
[Collection(H5pyFiles.Collection)]
public sealed class Hdf5RefusalTests(H5pyFiles files)
{
    [H5pyTheory]
    [InlineData("lzf", "filter 32000 (lzf) is not supported")]
    [InlineData("scale_offset", "filter 6 (scale-offset) is not supported")]
    [InlineData("virtual", "data layout 3 is not supported")]
    [InlineData("external", "external files are not supported")]
    [InlineData("of_committed", "shared messages are not supported")]
    [InlineData("soft", "link 'soft' is soft or external")]
    [InlineData("away", "link 'away' is soft or external")]
    public void Dataset_OfUnreadKind_IsRefusedByName(string name, string reason)
    {
        foreach (var version in new[] { "earliest", "latest" })
        {
            using var file = Hdf5File.Open(files.PathOf($"refused-{version}.hdf5"));
            Assert.Contains(name, file.Root.Names);
            var message = Assert.Throws<ModelFormatException>(() =>
            {
                var dataset = file.Root.Dataset(name)!;
                dataset.ReadFloats(new float[dataset.ElementCount]);
            }).Message;
            Assert.StartsWith($"refused-{version}.hdf5: byte ", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
            var values = new float[4];
            file.Root.Dataset("good")!.ReadFloats(values);
            Assert.Equal([0, 1, 2, 3], values);
        }
    }

    [H5pyFact]
    public void Group_ThatLiesWithinItself_IsRefused()
    {
        using var file = Hdf5File.Open(files.PathOf("refused-earliest.hdf5"));
        var group = file.Root.Group("group")!;
        Assert.Equal(["loop"], group.Names);
        var refusal = Assert.Throws<ModelFormatException>(() => group.Group("loop"));
        Assert.Contains("linked twice", refusal.Message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Group_NestedTooDeep_IsRefused()
    {
        using var file = Hdf5File.Open(files.PathOf("refused-latest.hdf5"));
        Assert.NotNull(file.Root.Group("deep/" + string.Join('/', Enumerable.Repeat("d", Hdf5Limits.MaxDepth - 1))));
        var path = "deep/" + string.Join('/', Enumerable.Repeat("d", Hdf5Limits.MaxDepth));
        var refusal = Assert.Throws<ModelFormatException>(() => file.Root.Group(path));
        Assert.Contains("deeper", refusal.Message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Paths_ToNothing_AreNull()
    {
        using var file = Hdf5File.Open(files.PathOf("old_keras-earliest.h5"));
        Assert.Null(file.Root.Group("nothing"));
        Assert.Null(file.Root.Group("nothing/below"));
        Assert.Null(file.Root.Dataset("nothing"));
        Assert.Null(file.Root.Dataset("block1_conv1"));
        Assert.Null(file.Root.Dataset("block1_conv1/block1_conv1_W_1:0/below"));
        Assert.Null(file.Root.Dataset(""));
        Assert.Same(file.Root, file.Root.Group(""));
        Assert.False(file.Root.Attributes.Contains("nothing"));
        Assert.Null(file.Root.Attributes.String("nothing"));
        Assert.Null(file.Root.Attributes.Number("nothing"));
        Assert.Null(file.Root.Attributes.String("layer_names"));
    }

    [H5pyTheory]
    [InlineData("old_keras-earliest.h5")]
    [InlineData("old_keras-latest.h5")]
    public void Open_FileCutOffAnywhere_IsRefused(string name)
    {
        var bytes = File.ReadAllBytes(files.PathOf(name));
        for (var length = 0; length < bytes.Length; length += length < 256 ? 1 : 97)
        {
            var source = new MemoryByteSource(bytes.AsMemory(0, length));
            var message = Assert.Throws<ModelFormatException>(() => Hdf5File.Open(source, "cut.h5")).Message;
            Assert.StartsWith("cut.h5: byte ", message, StringComparison.Ordinal);
            Assert.True(length < 96 || message.Contains("truncated", StringComparison.Ordinal), message);
        }
    }

    [H5pyFact]
    public void Open_MissingFile_NamesIt()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Hdf5File.Open(files.PathOf("gone.h5")));
        Assert.Contains("'gone.h5'", refusal.Message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void ReadFloats_DamagedChunk_IsRefused()
    {
        var bytes = File.ReadAllBytes(files.PathOf("chunks-earliest.h5"));
        // A value of the dataset with checksums alone, which several datasets hold as it is.
        using var whole = Hdf5File.Open(new MemoryByteSource(bytes.ToArray()), "chunks.h5");
        var values = new float[whole.Root.Dataset("fletcher32")!.ElementCount];
        whole.Root.Dataset("fletcher32")!.ReadFloats(values);
        foreach (var at in Places(bytes, values[0]))
        {
            bytes[at] ^= 1;
        }

        using var damaged = Hdf5File.Open(new MemoryByteSource(bytes), "chunks.h5");
        var message = Assert.Throws<ModelFormatException>(() => damaged.Root.Dataset("fletcher32")!.ReadFloats(values)).Message;
        Assert.Contains("checksum", message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void ReadFloats_DestinationOfAnotherLength_IsRefused()
    {
        using var file = Hdf5File.Open(files.PathOf("old_keras-earliest.h5"));
        var dataset = file.Root.Dataset("block1_conv1/block1_conv1_b_1:0")!;
        Assert.Throws<ArgumentException>(() => dataset.ReadFloats(new float[3]));
        Assert.Throws<ModelFormatException>(dataset.ReadStrings);
    }

    /// <summary>A few kilobytes that inflate to a gigabyte: refused before anything of that size is taken.</summary>
    [H5pyFact]
    public void ReadFloats_DeflateBomb_IsRefusedInBoundedMemory()
    {
        using var file = Hdf5File.Open(files.PathOf("bomb-inflates.hdf5"));
        var dataset = file.Root.Dataset("bomb")!;
        var values = new float[dataset.ElementCount];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<ModelFormatException>(() => dataset.ReadFloats(values)).Message;
        Assert.Contains("inflates to more than", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    /// <summary>A few kilobytes that declare what no file of their size can hold.</summary>
    [H5pyTheory]
    [InlineData("never_written", "cannot hold more")]
    [InlineData("large_chunk", "has chunks of more than")]
    public void Dataset_DeclaredBeyondReason_IsRefused(string name, string reason)
    {
        using var file = Hdf5File.Open(files.PathOf("bomb-declares.hdf5"));
        var refusal = Assert.Throws<ModelFormatException>(() => file.Root.Dataset(name));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A tree's node made its own child.</summary>
    [H5pyFact]
    public void Names_OfTreeThatIsACircle_AreRefused()
    {
        var bytes = File.ReadAllBytes(files.PathOf("many_groups-earliest.h5"));
        var node = Enumerable.Range(0, bytes.Length - 40).First(at => bytes.AsSpan(at, 6).SequenceEqual("TREE\0\u0001"u8));

        // Behind signature, type, level, count, both siblings and the first key.
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(node + 32), node);
        using var file = Hdf5File.Open(new MemoryByteSource(bytes), "circle.h5");
        var refusal = Assert.Throws<ModelFormatException>(() => file.Root.Names);
        Assert.Contains("reached twice", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith($"circle.h5: byte {node}: ", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A continuation of an object's header made to continue with itself.</summary>
    [H5pyFact]
    public void Open_HeaderThatContinuesInACircle_IsRefused()
    {
        var bytes = File.ReadAllBytes(files.PathOf("few_links-latest.h5"));
        var block = Enumerable.Range(0, bytes.Length - 64).First(at => bytes.AsSpan(at, 4).SequenceEqual("OCHK"u8));

        // The message that leads to the block says how long it is.
        var place = BitConverter.GetBytes((long)block);
        var lead = Enumerable.Range(0, bytes.Length - 16).First(at => bytes.AsSpan(at, 8).SequenceEqual(place));
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(lead + 8));

        // Type, size and flags; where and how much. The rest of the block, before its checksum, is a message without meaning.
        bytes.AsSpan(block + 4, (int)length - 4).Clear();
        bytes[block + 4] = 0x10;
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(block + 5), 16);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(block + 8), block);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(block + 16), length);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(block + 25), (short)(length - 4 - 20 - 4 - 4));
        var refusal = Assert.Throws<ModelFormatException>(() =>
        {
            using var file = Hdf5File.Open(new MemoryByteSource(bytes), "circle.h5", verifyChecksums: false);
            foreach (var name in file.Root.Names)
            {
                file.Root.Group(name);
            }
        });
        Assert.Contains("in a circle", refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Places(byte[] bytes, float value)
    {
        for (var at = 0; at + 4 <= bytes.Length; at++)
        {
            if (BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at)).Equals(value))
            {
                yield return at;
            }
        }
    }
}
