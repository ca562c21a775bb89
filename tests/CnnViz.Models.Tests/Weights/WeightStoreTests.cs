using System.Buffers.Binary;

namespace CnnViz.Models.Tests.Weights;

public sealed class WeightStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cnnviz-models-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Read_EachStoredType_WidensToFloat()
    {
        byte[] bytes =
        [
            0x00, 0x00, 0xC0, 0x3F, // float32 1.5
            0x00, 0x3C, 0x00, 0xFC, 0x01, 0x00, // half 1, -infinity, 2^-24
            0xC0, 0x3F, 0x80, 0xFF, // bfloat16 1.5, -infinity
            0x03, 0xFF, // uint8 3, 255
            0x00, 0x01, // uint16 256
            0xFE, 0xFF, 0xFF, 0xFF, // int32 -2
            0x01, 0x00, // bool
        ];
        using var store = new WeightStore(new MemoryByteSource(bytes),
        [
            new("f32", [1], StoredType.Float32, 0),
            new("f16", [3], StoredType.Float16, 4),
            new("bf16", [2], StoredType.BFloat16, 10),
            new("u8", [2], StoredType.UInt8, 14) { Scale = 0.5, Minimum = -1 },
            new("u16", [], StoredType.UInt16, 16) { Scale = 2, Minimum = 0.25 },
            new("i32", [1, 1], StoredType.Int32, 18),
            new("bool", [2], StoredType.Bool, 22),
            new("rounded", [1], StoredType.UInt8, 14) { Scale = 0.9, Minimum = 0, Rounded = true },
        ]);
        Assert.Equal([1.5f], Read(store, "f32"));
        Assert.Equal([1f, float.NegativeInfinity, MathF.Pow(2, -24)], Read(store, "f16"));
        Assert.Equal([1.5f, float.NegativeInfinity], Read(store, "bf16"));
        Assert.Equal([0.5f, 126.5f], Read(store, "u8"));
        Assert.Equal([512.25f], Read(store, "u16"));
        Assert.Equal([-2f], Read(store, "i32"));
        Assert.Equal([1f, 0f], Read(store, "bool"));
        Assert.Equal([3f], Read(store, "rounded"));
        Assert.Equal([1, 1], store.ShapeOf("i32"));
    }

    [Fact]
    public void Read_AcrossShardsAndChunks_IsSeamless()
    {
        // 100,000 floats: over one 64 KiB chunk, in shards that cut values in two.
        var values = Enumerable.Range(0, 100_000).Select(i => i * 0.25f).ToArray();
        var bytes = Bytes(values);
        var parts = new[] { bytes[..1], [], bytes[1..70_003], bytes[70_003..] }.Select(
            part => (ByteSource)new MemoryByteSource(part)).ToArray();
        using var store = new WeightStore(new ConcatenatedByteSource(parts), [new("all", [100_000], StoredType.Float32, 0)]);
        Assert.Equal(values, Read(store, "all"));
    }

    [Fact]
    public void Digest_OrderAndShards_DoNotMatterButEveryValueDoes()
    {
        var first = Store(("a", [2], [1, 2]), ("b", [1, 1], [3]));
        Assert.Equal(64, first.Digest.Length);
        Assert.Equal(first.Digest, Store(("b", [1, 1], [3]), ("a", [2], [1, 2])).Digest);
        string[] others =
        [
            Store(("a", [2], [1, 2]), ("b", [1], [3])).Digest,
            Store(("a", [2], [1, 2.0000002f]), ("b", [1, 1], [3])).Digest,
            Store(("a", [2], [1, 2]), ("c", [1, 1], [3])).Digest,
            Store(("a", [2], [1, 2])).Digest,
        ];
        Assert.DoesNotContain(first.Digest, others);
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Fact]
    public void Digest_Quantisation_IsPartOfIt()
    {
        string Digest(double scale) => new WeightStore(
            new MemoryByteSource(new byte[1]), [new("a", [1], StoredType.UInt8, 0) { Scale = scale }]).Digest;
        Assert.NotEqual(Digest(1), Digest(2));
        Assert.Equal(Digest(2), Digest(2));
    }

    [Theory]
    [InlineData(new[] { 3 }, 0)]
    [InlineData(new[] { 1 }, 5)]
    [InlineData(new[] { 1 }, -4)]
    [InlineData(new[] { 1 }, long.MaxValue)]
    [InlineData(new[] { -1 }, 0)]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, 0)]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, 0 }, 0)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 0)]
    public void Constructor_OutsideTheBytes_IsRefused(int[] shape, long offset) =>
        Assert.Throws<ModelFormatException>(
            () => new WeightStore(new MemoryByteSource(new byte[8]), [new("a", shape, StoredType.Float32, offset)]));

    [Fact]
    public void Constructor_BadScaleOrRepeatedName_IsRefused()
    {
        Assert.Throws<ModelFormatException>(() => new WeightStore(
            new MemoryByteSource(new byte[8]), [new("a", [1], StoredType.UInt8, 0) { Scale = double.NaN }]));
        Assert.Throws<ModelFormatException>(() => new WeightStore(
            new MemoryByteSource(new byte[8]), [new("a", [1], StoredType.UInt8, 0), new("a", [1], StoredType.UInt8, 0)]));
    }

    [Fact]
    public void Read_WrongLengthOrUnknown_IsRefused()
    {
        using var store = Store(("a", [2], [1, 2]));
        Assert.Throws<ArgumentException>(() => store.Read("a", new float[3]));
        Assert.Throws<ModelFormatException>(() => store.Read("b", new float[2]));
    }

    [Fact]
    public void Read_FileTruncatedAfterOpening_FailsWithoutHarm()
    {
        var path = Path.Combine(_directory, "w.bin");
        File.WriteAllBytes(path, new byte[1024]);
        using var store = new WeightStore(new FileByteSource(path), [new("a", [256], StoredType.Float32, 0)]);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(512);
        }

        var failure = Assert.Throws<ModelFormatException>(() => store.Read("a", new float[256]));
        Assert.Contains("w.bin", failure.Message, StringComparison.Ordinal);
        Assert.Contains("512", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Concurrently_IsConsistent()
    {
        var values = Enumerable.Range(0, 50_000).Select(i => (float)i).ToArray();
        var path = Path.Combine(_directory, "w.bin");
        await File.WriteAllBytesAsync(path, Bytes(values));
        using var store = new WeightStore(new FileByteSource(path), [new("a", [50_000], StoredType.Float32, 0)]);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), (_, _) =>
        {
            Assert.Equal(values, Read(store, "a"));
            return ValueTask.CompletedTask;
        });
    }

    private static WeightStore Store(params (string Key, int[] Shape, float[] Values)[] tensors)
    {
        var offset = 0L;
        var table = new List<StoredTensor>();
        foreach (var (key, shape, values) in tensors)
        {
            table.Add(new StoredTensor(key, shape, StoredType.Float32, offset));
            offset += 4 * values.Length;
        }

        return new WeightStore(new MemoryByteSource(Bytes([.. tensors.SelectMany(tensor => tensor.Values)])), table);
    }

    private static float[] Read(WeightStore store, string key)
    {
        var values = new float[store.ShapeOf(key).Aggregate(1, (product, extent) => product * extent)];
        store.Read(key, values);
        return values;
    }

    private static byte[] Bytes(float[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }
}
