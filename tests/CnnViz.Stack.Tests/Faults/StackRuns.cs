using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>Runs of a stack's replicas.</summary>
internal static class StackRuns
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts a run on one replica and waits until another knows it too.</summary>
    /// <param name="stack">The replicas.</param>
    /// <param name="request">What is computed.</param>
    /// <param name="on">The replica that begins it.</param>
    /// <param name="seenBy">The other.</param>
    public static async Task<string> StartAsync(this ReplicaStack stack, MaximizeFilterRequest request, int on, int seenBy)
    {
        var run = (await stack.Runs(on).StartAsync(new MaximizationServiceStartRequest { Request = request })).Run.RunId;
        await UntilAsync(async () => (await stack.GetAsync(seenBy, run)).RunId == run);
        return run;
    }

    /// <summary>How a run stands, as a replica knows it; empty where it does not.</summary>
    public static async Task<MaximizationRun> GetAsync(this ReplicaStack stack, int replica, string run)
    {
        try
        {
            return (await stack.Runs(replica).GetAsync(new MaximizationServiceGetRequest { RunId = run })).Run;
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.NotFound or StatusCode.Unavailable)
        {
            return new MaximizationRun();
        }
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (!await holds())
        {
            await Task.Delay(_look, limit.Token);
        }
    }
}
