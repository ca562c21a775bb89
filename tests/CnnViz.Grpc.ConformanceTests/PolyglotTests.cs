using CnnViz.Grpc.ConformanceTests.Service;
using CnnViz.Tests.Shared;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>
/// gRPC's interoperability test cases with the clients of other languages. A client's word for a cancellation is not enough:
/// the server must have seen it.
/// </summary>
[Collection(TestServerGroup.Name)]
public sealed class PolyglotTests(TestServer server)
{
    private static readonly string _folder = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Grpc.ConformanceTests");
    private static readonly string _protos = Path.Combine(_folder, "Protos");

    private static readonly string[] _cases =
    [
        "empty_unary", "large_unary", "client_compressed_unary", "server_compressed_unary", "client_streaming",
        "server_streaming", "ping_pong", "empty_stream", "custom_metadata", "status_code_and_message",
        "special_status_message", "unimplemented_method", "unimplemented_service", "cancel_after_begin",
        "cancel_after_first_response", "timeout_on_sleeping_server", "gzip_bomb", "health", "reflection_v1",
        "reflection_v1alpha",
    ];

    [FactWithGrpcio]
    public async Task Grpcio_EveryCase_Passes()
    {
        string folder = Path.Combine(_folder, "Python");
        await AssertEveryCasePassesAsync(folder, FactWithGrpcioAttribute.Python, "interop_client.py");
        await server.Log.CancelledAsync("grpcio-cancel_after_begin");
        await server.Log.CancelledAsync("grpcio-cancel_after_first_response");
    }

    [FactWithNode]
    public async Task GrpcJs_EveryCase_Passes()
    {
        string folder = Path.Combine(_folder, "Node");
        ToolResult installed = await ToolProcess.RunAsync(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        Assert.True(installed.ExitCode == 0, installed.All);
        await AssertEveryCasePassesAsync(folder, "node", "interop_client.mjs");

        // Node ends the request stream before it resets it, so a method that only waits for requests may end normally first.
        await server.Log.CancelledAsync("grpc-js-cancel_after_first_response");
    }

    private async Task AssertEveryCasePassesAsync(string folder, string program, string script)
    {
        ToolResult result = await ToolProcess.RunAsync(folder, program, script, server.Address.Authority, _protos);
        Assert.True(result.ExitCode == 0, result.All);

        IEnumerable<string> lines = result.Output.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(_cases.Select(name => name + "\tok"), lines);
    }
}
