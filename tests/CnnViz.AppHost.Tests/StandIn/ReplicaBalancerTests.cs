using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Orchestration;
using Aspire.Hosting.Internal.Proxy;

namespace CnnViz.AppHost.Tests.StandIn;

public sealed class ReplicaBalancerTests
{
    private readonly EndpointAnnotation _endpoint = new(ProtocolType.Tcp, "http");

    public ReplicaBalancerTests()
        => _endpoint.Replicas = [.. Enumerable.Range(1, 3)
            .Select(port => new AllocatedEndpoint(_endpoint, "127.0.0.1", port) { IsHealthy = true })];

    [Fact]
    public void Enter_NothingUnderWay_TakesTurns()
    {
        var balancer = new ReplicaBalancer(_endpoint);
        var ports = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            var replica = balancer.Enter()!;
            ports.Add(replica.Port);
            balancer.Leave(replica);
        }

        Assert.Equal([2, 3, 1, 2, 3, 1], ports);
    }

    [Fact]
    public void Enter_OneHasLessToDo_GetsTheRequest()
    {
        var balancer = new ReplicaBalancer(_endpoint);
        AllocatedEndpoint[] first = [balancer.Enter()!, balancer.Enter()!, balancer.Enter()!];

        balancer.Leave(first[1]);

        Assert.Same(first[1], balancer.Enter());
    }

    [Fact]
    public void Enter_OneIsNotHealthyAndOneHasEnded_TheThirdGetsAll()
    {
        var balancer = new ReplicaBalancer(_endpoint);
        _endpoint.Replicas[0].IsHealthy = false;
        _endpoint.Replicas[2].IsClosed = true;

        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(2, balancer.Enter()!.Port));
        _endpoint.Replicas[1].IsClosed = true;
        // One that runs may only be slow to say so.
        Assert.Equal(1, balancer.Enter()!.Port);
        _endpoint.Replicas[0].IsClosed = true;
        Assert.Null(balancer.Enter());
    }

    [Fact]
    public void Next_CrashAfterCrash_DoublesUpToABoundUntilALongRun()
    {
        var backOff = new RestartBackOff(new OrchestratorOptions { LongestRestartPause = TimeSpan.FromSeconds(3) });

        double[] pauses = [.. Enumerable.Range(0, 5).Select(_ => backOff.Next(TimeSpan.FromSeconds(59)).TotalSeconds)];

        Assert.Equal([0.5, 1, 2, 3, 3], pauses);
        Assert.Equal(5, backOff.Count);
        Assert.Equal(0.5, backOff.Next(TimeSpan.FromMinutes(1)).TotalSeconds);
        Assert.Equal(1, backOff.Count);
    }
}
