using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Orchestration;

namespace CnnViz.AppHost.Tests.StandIn;

public sealed class ModelTests
{
    [Theory]
    [InlineData("1st")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("a_b")]
    [InlineData("")]
    public void AddProject_BadName_Throws(string name)
        => Assert.ThrowsAny<ArgumentException>(() => Configuration.NewBuilder().AddProject<SomeProject>(name));

    [Fact]
    public void AddResource_SameNameInOtherCase_Throws()
    {
        var builder = Configuration.NewBuilder();
        builder.AddRedis("cache");

        Assert.Throws<DistributedApplicationException>(() => builder.AddProject<SomeProject>("Cache"));
    }

    [Fact]
    public void WithHttpHealthCheck_NoSuchEndpoint_Throws()
        => Assert.Throws<DistributedApplicationException>(
            () => Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint().WithHttpHealthCheck(
                "/health", endpointName: "other"));

    [Fact]
    public void WithEndpoint_NameTwice_Throws()
        => Assert.Throws<DistributedApplicationException>(
            () => Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint().WithHttpEndpoint());

    [Fact]
    public void Url_BeforeStart_Throws()
        => Assert.Throws<InvalidOperationException>(
            () => Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint().GetEndpoint("http").Url);

    [Fact]
    public void AsHttp2Service_Endpoints_BecomeHttp2()
    {
        var project = Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint().AsHttp2Service();

        Assert.Equal("http2", project.GetEndpoint("http").EndpointAnnotation.Transport);
    }

    [Fact]
    public void StartOrder_WaitsAndReferences_ComeFirst()
    {
        var builder = Configuration.NewBuilder();
        var front = builder.AddProject<SomeProject>("front");
        var back = builder.AddProject<SomeProject>("back");
        var redis = builder.AddRedis("redis");
        front.WithReference(back);
        back.WaitFor(redis);

        Assert.Equal(["redis", "back", "front"], StartOrder.Of(builder.Resources).Select(r => r.Name));
    }

    [Fact]
    public void StartOrder_ReferencesInACircle_AreAllowed()
    {
        var builder = Configuration.NewBuilder();
        var a = builder.AddProject<SomeProject>("a");
        var b = builder.AddProject<SomeProject>("b").WithReference(a);
        a.WithReference(b);

        Assert.Equal(2, StartOrder.Of(builder.Resources).Count);
    }

    [Fact]
    public void StartOrder_WaitsInACircle_ThrowsWithTheCircle()
    {
        var builder = Configuration.NewBuilder();
        var a = builder.AddProject<SomeProject>("a");
        var b = builder.AddProject<SomeProject>("b").WaitFor(a);
        a.WaitFor(builder.AddProject<SomeProject>("c").WaitFor(b));

        var error = Assert.Throws<DistributedApplicationException>(() => StartOrder.Of(builder.Resources));

        Assert.Contains("a -> c -> b -> a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Allocate_FreePorts_AreDistinctAndHeldUntilReleased()
    {
        using var ports = new PortReservations();
        var project = Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint().WithHttpEndpoint(name: "b")
            .WithReplicas(2);

        ports.Allocate(project.Resource, listensOnHost: true);

        var all = project.Resource.Annotations.OfType<EndpointAnnotation>().SelectMany(e => e.Replicas).ToArray();
        Assert.Equal(4, all.Select(e => e.Port).Distinct().Count());
        Assert.All(all, e => Assert.Throws<SocketException>(() => Listen(e.Port)));
        foreach (var replica in (int[])[0, 1])
            ports.Release(project.Resource, replica);
        Assert.All(all, e => Listen(e.Port));
    }

    [Fact]
    public void Allocate_PortUnlikeTargetPort_ThrowsForThereIsNoProxy()
    {
        using var ports = new PortReservations();
        var project = Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint(port: 5501, targetPort: 5502);

        Assert.Throws<DistributedApplicationException>(() => ports.Allocate(project.Resource, listensOnHost: true));
    }

    [Fact]
    public void Allocate_FixedPortAndReplicas_TheOneEndpointHasIt()
    {
        using var ports = new PortReservations();
        var project = Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint(5501).WithReplicas(2);

        ports.Allocate(project.Resource, listensOnHost: true);

        var endpoint = project.GetEndpoint("http").EndpointAnnotation;
        Assert.Equal(5501, endpoint.AllocatedEndpoint!.Port);
        Assert.DoesNotContain(5501, endpoint.Replicas.Select(r => r.Port));
    }

    [Fact]
    public void Allocate_FixedPortAndReplicasWithoutProxy_Throws()
    {
        using var ports = new PortReservations();
        var project = Configuration.NewBuilder().AddProject<SomeProject>("a").WithHttpEndpoint(5501, isProxied: false).WithReplicas(2);

        Assert.Throws<DistributedApplicationException>(() => ports.Allocate(project.Resource, listensOnHost: true));
    }

    [Fact]
    public void WithReplicas_None_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(
            () => Configuration.NewBuilder().AddProject<SomeProject>("a").WithReplicas(0));

    private static void Listen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
    }
}
