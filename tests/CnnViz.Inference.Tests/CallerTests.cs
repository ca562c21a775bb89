using System.Security.Cryptography;
using System.Text;
using CnnViz.Cache.Tests.Support;
using CnnViz.Inference.Tests.Runs;
using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CnnViz.Inference.Tests;

/// <summary>What callers see of each other, and what is not begun for them, over the wire.</summary>
public sealed class CallerTests
{
    private static readonly string[] _keys =
        [.. Key(0, "one", "infer"), .. Key(1, "two", "infer"), .. Key(2, "admin", "infer,manage")];

    [Fact]
    public async Task List_RunsOfTwoCallers_EachSeesItsOwnAndManageSeesAll()
    {
        await using var host = await RunningHost.StartWithAsync(_keys);
        await AssertListsAsync(host, host);
    }

    [RedisFact]
    public async Task List_RunsOfTwoCallersOnAnotherReplica_EachSeesItsOwnAndManageSeesAll()
    {
        await using var redis = await RedisServer.StartAsync();
        string[] settings = [.. _keys, $"--ConnectionStrings:redis={redis.ConnectionString}"];
        await using var host = await RunningHost.StartWithAsync(settings);
        await using var other = await RunningHost.StartWithAsync(settings);
        await AssertListsAsync(host, other);
    }

    [Fact]
    public async Task GetWatchAndCancel_AnotherCallersRun_SeenByItsIdButNotEnded()
    {
        await using var host = await RunningHost.StartWithAsync(_keys);
        host.Engine.OnStep = RunClient.SlowStep;
        var (one, two, admin) = (As(host, "one"), As(host, "two"), As(host, "admin"));
        var run = await one.StartAsync(RunningHost.Request(1, 4096));
        Assert.Equal("one", run.Caller);

        Assert.Equal(run.RunId, (await two.GetAsync(run.RunId)).RunId);
        Assert.NotEmpty(await two.WatchAsync(run.RunId, until: happened => happened.Progress is not null));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => two.CancelAsync(run.RunId));
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Equal("RUN_OF_ANOTHER_CALLER", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        Assert.Equal(RunState.Running, (await one.GetAsync(run.RunId)).State);
        await admin.CancelAsync(run.RunId);
        Assert.Equal(StatusCode.Cancelled, await one.EndAsync(run.RunId));
    }

    [Fact]
    public async Task Start_BeyondTheCallersLimit_ResourceExhaustedUntilARunEnds()
    {
        await using var host = await RunningHost.StartWithAsync([.. _keys, "--Limits:Computing=1"]);
        host.Engine.OnStep = RunClient.SlowStep;
        var (one, two) = (As(host, "one"), As(host, "two"));
        var run = await one.StartAsync(RunningHost.Request(1, 4096));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => one.StartAsync(RunningHost.Request(2, 5)));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("CALLER_BUSY", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        RunClient.Whole(await two.WatchAsync((await two.StartAsync(RunningHost.Request(3, 5))).RunId), 1, 5);

        await one.CancelAsync(run.RunId);
        RunningHost.Until(() =>
        {
            try
            {
                return one.Start(new MaximizationServiceStartRequest { Request = RunningHost.Request(4, 5) }).Run is not null;
            }
            catch (RpcException busy) when (busy.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaximizeFilter_DeadlineBeforeItsFirstTurn_RefusedAtOnceAndNothingIsComputed(bool noCache)
    {
        await using var host = await RunningHost.StartAsync();
        using var stop = new CancellationTokenSource();
        var ended = 0;
        host.Engine.OnStep = _ =>
        {
            // A step of a large network; what is tested is how such times are added up.
            stop.Token.WaitHandle.WaitOne(500);
            Interlocked.Increment(ref ended);
        };
        var runs = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            runs.Add((await host.Maximizations.StartAsync(RunningHost.Request(i, 4096))).RunId);
        }

        RunningHost.Until(() => Volatile.Read(ref ended) >= 2 && host.Scheduler.EstimatedWait > TimeSpan.FromSeconds(5));
        var compiled = host.Engine.Compiled;
        var request = RunningHost.Request(1000, 5);
        request.NoCache = noCache;
        using var call = host.Client.MaximizeFilter(request, deadline: DateTime.UtcNow.AddSeconds(4));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("DEADLINE_TOO_SHORT", RunningHost.Detail<ErrorInfo>(refusal).Reason);
        Assert.InRange(RunningHost.Detail<RetryInfo>(refusal).RetryDelay.ToTimeSpan().TotalSeconds, 2, 60);
        Assert.NotNull(refusal.Trailers.GetValue("grpc-retry-pushback-ms"));
        Assert.InRange(host.Engine.Compiled, compiled, 40);
        await stop.CancelAsync();
        await Task.WhenAll(runs.Select(run => host.Maximizations.CancelAsync(run)));
    }

    private static async Task AssertListsAsync(RunningHost host, RunningHost asked)
    {
        var ids = new Dictionary<string, List<string>> { ["one"] = [], ["two"] = [], ["admin"] = [] };
        foreach (var name in new[] { "one", "two", "one", "one", "two" })
        {
            var run = await As(host, name).StartAsync(RunningHost.Request(1, 2));
            RunningHost.Until(() => As(asked, "admin").Knows(run.RunId));
            ids[name].Insert(0, run.RunId);
            ids["admin"].Insert(0, run.RunId);
        }

        foreach (var (name, expected) in ids)
        {
            var (seen, token) = (new List<string>(), "");
            do
            {
                var page = await As(asked, name).ListAsync(new MaximizationServiceListRequest { PageSize = 2, PageToken = token });
                seen.AddRange(page.Runs.Select(run => run.RunId));
                token = page.NextPageToken;
            }
            while (token.Length > 0);
            Assert.Equal(expected, seen);
        }
    }

    private static MaximizationService.MaximizationServiceClient As(RunningHost host, string name) => new(
        host.Channel.Intercept(headers =>
        {
            headers.Add("x-api-key", "key-of-" + name);
            return headers;
        }));

    private static string[] Key(int index, string name, string permissions) =>
    [
        $"--Callers:Keys:{index}:Name={name}",
        $"--Callers:Keys:{index}:Sha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("key-of-" + name)))}",
        $"--Callers:Keys:{index}:Permissions:0={permissions}",
    ];
}
