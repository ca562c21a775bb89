using CnnViz.Grpc.ConformanceTests.Service;
using Google.Protobuf;
using Grpc.Testing;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>How <c>grpc-message</c> is written: only '%' and bytes outside 0x20-0x7e are percent-encoded, as UTF-8.</summary>
[Collection(TestServerGroup.Name)]
public sealed class StatusMessageTests(TestServer server)
{
    [Theory]
    [InlineData("plain text: ok/with?every=sign&\"quote\"", "plain text: ok/with?every=sign&\"quote\"")]
    [InlineData("100%", "100%25")]
    [InlineData("\t\ntest\r\n", "%09%0Atest%0D%0A")]
    [InlineData("☺ 😈", "%E2%98%BA %F0%9F%98%88")]
    [InlineData("~\u007f", "~%7F")]
    public async Task GrpcMessage_Text_IsEncodedAsTheProtocolSays(string text, string wire)
    {
        var request = new SimpleRequest { ResponseStatus = new EchoStatus { Code = (int)StatusCode.Aborted, Message = text } };
        RawCall call = await RawCall.SendAsync(server.Address, "/grpc.testing.TestService/UnaryCall", request.ToByteArray());
        Assert.Equal((StatusCode.Aborted, wire), (call.Status, call.Message));
    }
}
