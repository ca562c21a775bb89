using System.IO.Compression;
using CnnViz.Grpc.ConformanceTests.Service;
using Google.Protobuf;
using Grpc.Testing;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>Compressed messages, and the bound on what they may inflate to.</summary>
[Collection(TestServerGroup.Name)]
public sealed class CompressionTests(TestServer server)
{
    private const string UnaryPath = "/grpc.testing.TestService/UnaryCall";

    // The client's public way to choose one call's request compression.
    private static readonly Metadata _gzipRequest = new() { { "grpc-internal-encoding-request", "gzip" } };

    private readonly TestService.TestServiceClient _client = new(server.Channel);

    [Fact]
    public async Task ClientCompressedUnary_Compressed_IsAccepted()
    {
        SimpleResponse response = await _client.UnaryCallAsync(Expecting(true), _gzipRequest);
        Assert.Equal(314_159, response.Payload.Body.Length);
    }

    [Fact]
    public async Task ClientCompressedUnary_Uncompressed_IsAccepted()
    {
        SimpleResponse response = await _client.UnaryCallAsync(Expecting(false));
        Assert.Equal(314_159, response.Payload.Body.Length);
    }

    [Fact]
    public async Task ClientCompressedUnary_UncompressedWhereCompressionIsExpected_IsInvalid()
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await _client.UnaryCallAsync(Expecting(true)));
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerCompressedUnary_Asked_SetsTheFrameFlag(bool compressed)
    {
        var request = new SimpleRequest { ResponseSize = 314_159, ResponseCompressed = new BoolValue { Value = compressed } };
        RawCall call = await RawCall.SendAsync(server.Address, UnaryPath, request.ToByteArray());

        RawMessage message = Assert.Single(call.Messages);
        Assert.Equal((StatusCode.OK, compressed, "gzip"), (call.Status, message.Compressed, call.Headers["grpc-encoding"]));
        byte[] plain = compressed ? Inflate(message.Bytes) : message.Bytes;
        Assert.Equal(314_159, SimpleResponse.Parser.ParseFrom(plain).Payload.Body.Length);

        // The client undoes the same compression.
        Assert.Equal(314_159, (await _client.UnaryCallAsync(request)).Payload.Body.Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Bomb_OfOneGibibyte_IsRefusedWhileInflating(string encoding)
    {
        byte[] bomb = Bomb(encoding, mebibytes: 1024);
        Assert.InRange(bomb.Length, 1, TestServer.MaxReceiveBytes);

        long before = GC.GetTotalAllocatedBytes(precise: true);
        RawCall call = await RawCall.SendAsync(server.Address, UnaryPath, bomb, encoding);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(StatusCode.ResourceExhausted, call.Status);
        // Both ends of the call, and a buffer that grew by doubling up to the limit; a hundredth of what the bomb holds.
        Assert.InRange(allocated, 0, 64L * 1024 * 1024);
    }

    [Theory]
    [InlineData(0, StatusCode.OK)]
    [InlineData(1, StatusCode.ResourceExhausted)]
    public async Task CompressedMessage_AtTheLimit_IsTheLargestAccepted(int beyond, StatusCode expected)
    {
        // 4 bytes of length in each of the two enclosing fields and their tags bring the body to the message's size.
        var request = new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[4_000_000]) } };
        int envelope = request.CalculateSize() - 4_000_000;
        request.Payload.Body = ByteString.CopyFrom(new byte[TestServer.MaxReceiveBytes + beyond - envelope]);
        Assert.Equal(TestServer.MaxReceiveBytes + beyond, request.CalculateSize());

        RawCall call = await RawCall.SendAsync(server.Address, UnaryPath, Deflate("gzip", request.ToByteArray()), "gzip");
        Assert.Equal(expected, call.Status);
    }

    [Fact]
    public async Task UnknownEncoding_Sent_IsUnimplementedAndTheKnownAreNamed()
    {
        RawCall call = await RawCall.SendAsync(server.Address, UnaryPath, new byte[] { 1, 2, 3 }, "snappy");
        Assert.Equal(StatusCode.Unimplemented, call.Status);
        Assert.Contains("gzip", call.Headers["grpc-accept-encoding"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorruptGzip_Sent_FailsAndTheServerLivesOn()
    {
        byte[] corrupt = Deflate("gzip", new SimpleRequest { ResponseSize = 10 }.ToByteArray());
        corrupt.AsSpan(2, 8).Fill(0xff);
        RawCall call = await RawCall.SendAsync(server.Address, UnaryPath, corrupt, "gzip");
        Assert.NotEqual(StatusCode.OK, call.Status);
        Assert.Equal(new Empty(), await _client.EmptyCallAsync(new Empty()));
    }

    private static SimpleRequest Expecting(bool compressed) => new()
    {
        ResponseSize = 314_159,
        Payload = new Payload { Body = ByteString.CopyFrom(new byte[271_828]) },
        ExpectCompressed = new BoolValue { Value = compressed },
    };

    private static byte[] Deflate(string encoding, ReadOnlySpan<byte> plain)
    {
        using var output = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(plain);
        }

        return output.ToArray();
    }

    private static byte[] Inflate(byte[] compressed)
    {
        using var stream = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] Bomb(string encoding, int mebibytes)
    {
        byte[] zeros = new byte[1024 * 1024];
        using var output = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int i = 0; i < mebibytes; i++)
                stream.Write(zeros);
        }

        return output.ToArray();
    }
}
