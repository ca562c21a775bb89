using CnnViz.Grpc.ConformanceTests.Service;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>Server reflection, both versions: what tools need to call a service that they do not know.</summary>
[Collection(TestServerGroup.Name)]
public sealed class ReflectionTests(TestServer server)
{
    /// <summary>Asks one question in a protocol version; the versions' messages have the same bytes.</summary>
    private async Task<V1.ServerReflectionResponse> AskAsync(string version, V1.ServerReflectionRequest question)
    {
        if (version == "v1")
        {
            using var call = new V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
            await call.RequestStream.WriteAsync(question);
            await call.RequestStream.CompleteAsync();
            Assert.True(await call.ResponseStream.MoveNext());
            return call.ResponseStream.Current;
        }

        using var alpha = new V1Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await alpha.RequestStream.WriteAsync(V1Alpha.ServerReflectionRequest.Parser.ParseFrom(question.ToByteString()));
        await alpha.RequestStream.CompleteAsync();
        Assert.True(await alpha.ResponseStream.MoveNext());
        return V1.ServerReflectionResponse.Parser.ParseFrom(alpha.ResponseStream.Current.ToByteString());
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task ListServices_GivesEveryMappedService(string version)
    {
        V1.ServerReflectionResponse response = await AskAsync(version, new() { ListServices = "" });
        Assert.Equal(
            [
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
                "grpc.testing.TestService",
            ],
            response.ListServicesResponse.Service.Select(service => service.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("v1", "grpc.testing.TestService")]
    [InlineData("v1", "grpc.testing.TestService.UnaryCall")]
    [InlineData("v1", "grpc.testing.SimpleRequest")]
    [InlineData("v1alpha", "grpc.testing.SimpleRequest")]
    public async Task FileContainingSymbol_Known_DeclaresIt(string version, string symbol)
    {
        V1.ServerReflectionResponse response = await AskAsync(version, new() { FileContainingSymbol = symbol });
        Assert.Equal(["grpc/testing/test.proto"], Files(response).Select(file => file.Name));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task FileByName_Known_DescribesTheService(string version)
    {
        V1.ServerReflectionResponse response = await AskAsync(version, new() { FileByFilename = "grpc/testing/test.proto" });
        FileDescriptorProto file = Assert.Single(Files(response));
        Assert.Equal(["TestService", "UnimplementedService"], file.Service.Select(service => service.Name));
        Assert.Equal("grpc.testing", file.Package);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task UnknownSymbol_IsAnErrorResponseAndTheStreamGoesOn(string version)
    {
        V1.ServerReflectionResponse response = await AskAsync(version, new() { FileContainingSymbol = "no.such.Symbol" });
        Assert.Equal((int)StatusCode.NotFound, response.ErrorResponse.ErrorCode);
        Assert.Equal("no.such.Symbol", response.OriginalRequest.FileContainingSymbol);
    }

    [Fact]
    public async Task OneStream_ManyQuestions_AreAnsweredInOrder()
    {
        using var call = new V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { FileContainingSymbol = "no.such.Symbol" });
        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        await call.RequestStream.CompleteAsync();
        List<V1.ServerReflectionResponse.MessageResponseOneofCase> kinds = [];
        await foreach (V1.ServerReflectionResponse response in call.ResponseStream.ReadAllAsync())
            kinds.Add(response.MessageResponseCase);
        Assert.Equal(
            [
                V1.ServerReflectionResponse.MessageResponseOneofCase.ErrorResponse,
                V1.ServerReflectionResponse.MessageResponseOneofCase.ListServicesResponse,
            ],
            kinds);
    }

    private static IEnumerable<FileDescriptorProto> Files(V1.ServerReflectionResponse response) =>
        response.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom);
}
