using CnnViz.ServiceDefaults.Errors;
using Microsoft.Extensions.Logging.Abstractions;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>What becomes of a handler's exception, for each of the four kinds of call.</summary>
public sealed class ErrorInterceptorTests
{
    private const string Secret = "the database's password is swordfish";

    private readonly ErrorInterceptor _interceptor = new(NullLogger<ErrorInterceptor>.Instance, TimeProvider.System);

    public static TheoryData<MethodType> Kinds => [.. Enum.GetValues<MethodType>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Handler_Succeeds_IsLeftAlone(MethodType kind)
    {
        var calls = 0;
        var answer = await CallAsync(kind, new Context(), () => Task.FromResult($"answer {++calls}"));

        Assert.Equal(1, calls);
        Assert.Equal(kind is MethodType.Unary or MethodType.ClientStreaming ? "answer 1" : null, answer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Handler_ThrowsForTheCaller_PassesUnchanged(MethodType kind)
    {
        var expected = RpcErrors.InvalidArgument(("field", "is wrong"));
        var found = await Assert.ThrowsAsync<RpcException>(
            () => CallAsync(kind, new Context(), () => Task.FromException<string>(expected)));

        Assert.Same(expected, found);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Handler_Fails_BecomesInternalWithAReferenceAndNothingElse(MethodType kind)
    {
        var late = await Assert.ThrowsAsync<RpcException>(() => CallAsync(kind, new Context(), async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException(Secret);
        }));
        var atOnce = await Assert.ThrowsAsync<RpcException>(
            () => CallAsync(kind, new Context(), () => throw new InvalidOperationException(Secret)));

        Assert.All([late, atOnce], failure =>
        {
            Assert.Equal(StatusCode.Internal, failure.StatusCode);
            Assert.Matches("^internal error; reference [0-9a-f]{32}$", failure.Status.Detail);
            Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        });
        Assert.NotEqual(late.Status.Detail, atOnce.Status.Detail);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Handler_FailsAfterTheCallerLeft_IsCancelledOrPastItsDeadline(MethodType kind)
    {
        var cancelled = new CancellationToken(canceled: true);
        foreach (var (deadline, expected) in new[]
        {
            (DateTime.MaxValue, StatusCode.Cancelled), (DateTime.UnixEpoch, StatusCode.DeadlineExceeded),
        })
        {
            // A broken request stream ends reads with an IOException; it is the caller's leaving all the same.
            foreach (var exception in new Exception[] { new OperationCanceledException(cancelled), new IOException("reset") })
            {
                var failure = await Assert.ThrowsAsync<RpcException>(
                    () => CallAsync(kind, new Context(deadline, cancelled), () => Task.FromException<string>(exception)));
                Assert.Equal(expected, failure.StatusCode);
            }
        }
    }

    private async Task<string?> CallAsync(MethodType kind, ServerCallContext context, Func<Task<string>> handler)
    {
        var (requests, responses) = (new Requests(), new Responses());
        switch (kind)
        {
            case MethodType.Unary:
                return await _interceptor.UnaryServerHandler<string, string>("", context, (_, _) => handler());
            case MethodType.ClientStreaming:
                return await _interceptor.ClientStreamingServerHandler<string, string>(requests, context, (stream, _) =>
                {
                    Assert.Same(requests, stream);
                    return handler();
                });
            case MethodType.ServerStreaming:
                await _interceptor.ServerStreamingServerHandler<string, string>("", responses, context, (_, stream, _) =>
                {
                    Assert.Same(responses, stream);
                    return handler();
                });
                return null;
            default:
                await _interceptor.DuplexStreamingServerHandler<string, string>(requests, responses, context, (from, to, _) =>
                {
                    Assert.Same(requests, from);
                    Assert.Same(responses, to);
                    return handler();
                });
                return null;
        }
    }

    private sealed class Requests : IAsyncStreamReader<string>
    {
        public string Current => "";

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(false);
    }

    private sealed class Responses : IServerStreamWriter<string>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(string message) => Task.CompletedTask;
    }

    private sealed class Context(DateTime? deadline = null, CancellationToken cancellation = default) : ServerCallContext
    {
        protected override string MethodCore => "/test/Call";

        protected override string HostCore => "test";

        protected override string PeerCore => "test";

        protected override DateTime DeadlineCore => deadline ?? DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => cancellation;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new(null, []);

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();
    }
}
