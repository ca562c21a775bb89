using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Tests.Upstream;

/// <summary>A run's events while replicas stop and vanish.</summary>
public sealed class RunEventsTests
{
    private static readonly UpstreamCall _limits = new([], null, default);

    [Fact]
    public async Task FollowAsync_NothingHappens_TheCallsEventsAndNoWatch()
    {
        var replicas = new Replicas(Told(1, 5));
        Assert.Equal([1, 2, 3, 4, 5], await FollowAsync(replicas));
        Assert.Empty(replicas.Watched);
    }

    [Fact]
    public async Task FollowAsync_TheReplicaStops_GoesOnFromWhereItSays()
    {
        var replicas = new Replicas(
            Told(1, 3, ResumeTokens.Stopping("run", 4)),
            Told(4, 6, ResumeTokens.Stopping("run", 7)),
            Told(7, 0, Gone()),
            Told(7, 9));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], await FollowAsync(replicas));
        Assert.Equal([("run", 4UL), ("run", 7UL), ("run", 7UL)], replicas.Watched);
    }

    [Fact]
    public async Task FollowAsync_TheReplicaVanishes_BeginsAnewOnAnother()
    {
        var replicas = new Replicas(Told(1, 3, Gone()), Told(1, 5));
        Assert.Equal([1, 2, 3, 1, 2, 3, 4, 5], await FollowAsync(replicas));
        Assert.Equal([("run", 1UL)], replicas.Watched);
    }

    [Fact]
    public async Task FollowAsync_GoneBeforeTheRunHasBegun_Fails()
    {
        var replicas = new Replicas(Told(1, 0, Gone()));
        var failure = await Assert.ThrowsAsync<RpcException>(() => FollowAsync(replicas));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Empty(replicas.Watched);
    }

    [Fact]
    public async Task FollowAsync_TheRunIsKnownNowhere_FailsSayingSo()
    {
        var replicas = new Replicas(
            Told(1, 3, Gone()), Told(1, 0, new RpcException(new Status(StatusCode.NotFound, "there is no such run"))));
        var failure = await Assert.ThrowsAsync<RpcException>(() => FollowAsync(replicas));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    private static RpcException Gone() => new(new Status(StatusCode.Unavailable, "connection reset"));

    private static (List<MaximizationEvent> Events, RpcException? End) Told(ulong first, ulong last, RpcException? end = null)
    {
        var events = new List<MaximizationEvent>();
        for (var sequence = first; sequence <= last; sequence++)
        {
            events.Add(new MaximizationEvent { RunId = "run", Sequence = sequence });
        }

        return (events, end);
    }

    private static async Task<List<int>> FollowAsync(Replicas replicas)
    {
        var events = new RunEvents(
            new InferenceService.InferenceServiceClient(replicas),
            new MaximizationService.MaximizationServiceClient(replicas),
            TimeProvider.System);
        var sequences = new List<int>();
        await foreach (var happened in events.FollowAsync(new MaximizeFilterRequest(), _limits))
        {
            sequences.Add((int)happened.Sequence);
        }

        return sequences;
    }

    /// <summary>Answers calls one after the other with what is written down for them.</summary>
    private sealed class Replicas(params (List<MaximizationEvent> Events, RpcException? End)[] answers) : CallInvoker
    {
        private int _calls;

        public List<(string RunId, ulong From)> Watched { get; } = [];

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            if (request is MaximizationServiceWatchRequest watch)
            {
                Watched.Add((watch.RunId, watch.FromSequence));
            }

            var (events, end) = answers[_calls++];
            var messages = events.Select(happened => (TResponse)(typeof(TResponse) == typeof(MaximizeFilterResponse)
                ? (object)new MaximizeFilterResponse { Event = happened }
                : new MaximizationServiceWatchResponse { Event = happened })).ToList();
            return new AsyncServerStreamingCall<TResponse>(
                new Reader<TResponse>(messages, end), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }

    private sealed class Reader<T>(List<T> messages, RpcException? end) : IAsyncStreamReader<T>
    {
        private int _next;

        public T Current => messages[_next - 1];

        public Task<bool> MoveNext(CancellationToken cancellationToken) =>
            _next < messages.Count ? Task.FromResult(_next++ >= 0)
            : end is null ? Task.FromResult(false)
            : Task.FromException<bool>(end);
    }
}
