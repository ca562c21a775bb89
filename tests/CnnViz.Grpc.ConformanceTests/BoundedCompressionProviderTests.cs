using System.IO.Compression;
using CnnViz.ServiceDefaults.Grpc;
using Grpc.Net.Compression;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>The product's own bound, without the server's behind it.</summary>
public sealed class BoundedCompressionProviderTests
{
    private const int Limit = 1_000_000;

    private readonly BoundedCompressionProvider _provider = new(new GzipCompressionProvider(CompressionLevel.Optimal), Limit);

    [Fact]
    public async Task Inflate_UpToTheLimit_GivesTheMessage()
    {
        byte[] message = new byte[Limit];
        Random.Shared.NextBytes(message);
        Assert.Equal(message, Inflate(Compress(message)));
        Assert.Equal(message, await InflateAsync(Compress(message)));
    }

    [Fact]
    public async Task Inflate_OneByteMore_IsResourceExhausted()
    {
        byte[] compressed = Compress(new byte[Limit + 1]);
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => Inflate(compressed)).StatusCode);
        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => InflateAsync(compressed));
        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    [Fact]
    public void Inflate_AHundredTimesTheLimit_StopsNearTheLimit()
    {
        using Stream stream = _provider.CreateDecompressionStream(new MemoryStream(Compress(new byte[100 * Limit])));
        byte[] buffer = new byte[4096];
        int given = 0;
        Assert.Throws<RpcException>(() =>
        {
            while (stream.Read(buffer) is > 0 and int read)
                given += read;
        });
        Assert.InRange(given, Limit - buffer.Length, Limit);
    }

    private byte[] Compress(byte[] message)
    {
        using var output = new MemoryStream();
        using (Stream stream = _provider.CreateCompressionStream(output, null))
            stream.Write(message);
        return output.ToArray();
    }

    private byte[] Inflate(byte[] compressed)
    {
        using Stream stream = _provider.CreateDecompressionStream(new MemoryStream(compressed));
        using var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }

    private async Task<byte[]> InflateAsync(byte[] compressed)
    {
        await using Stream stream = _provider.CreateDecompressionStream(new MemoryStream(compressed));
        using var output = new MemoryStream();
        await stream.CopyToAsync(output);
        return output.ToArray();
    }
}
