using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal;

namespace CnnViz.AppHost.Tests.StandIn;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task WithReference_Project_SetsVariablesForEachEndpoint()
    {
        var builder = Configuration.NewBuilder();
        var back = builder.AddProject<SomeProject>("my-back").WithHttpEndpoint(5101, name: "grpc").WithHttpEndpoint(5102);
        builder.AddProject<SomeProject>("front").WithReference(back);

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("http://127.0.0.1:5101", environment["services__my-back__grpc__0"]);
        Assert.Equal("http://127.0.0.1:5102", environment["services__my-back__http__0"]);
        Assert.Equal("http://127.0.0.1:5101", environment["MY_BACK_GRPC"]);
        Assert.Equal("http://127.0.0.1:5102", environment["MY_BACK_HTTP"]);
    }

    [Fact]
    public async Task WithReference_OneEndpoint_SetsVariablesForThatOnly()
    {
        var builder = Configuration.NewBuilder();
        var back = builder.AddProject<SomeProject>("back").WithHttpEndpoint(5101, name: "grpc").WithHttpEndpoint(5102);
        builder.AddProject<SomeProject>("front").WithReference(back.GetEndpoint("grpc"));

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("http://127.0.0.1:5101", environment["services__back__grpc__0"]);
        Assert.DoesNotContain("services__back__http__0", environment.Keys);
    }

    [Fact]
    public async Task WithReplicas_Reference_IsTheOneAddressOfAll()
    {
        var builder = Configuration.NewBuilder();
        var back = builder.AddProject<SomeProject>("back").WithHttpEndpoint(5101, env: "PORT").WithReplicas(3);
        builder.AddProject<SomeProject>("front").WithReference(back);

        var front = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("http://127.0.0.1:5101", front["services__back__http__0"]);
        Assert.DoesNotContain("services__back__http__1", front.Keys);
        Assert.Equal("http://127.0.0.1:5101", back.GetEndpoint("http").Url);
    }

    [Fact]
    public async Task WithReplicas_ReferenceWithoutProxy_ListsEachReplica()
    {
        var builder = Configuration.NewBuilder();
        var back = builder.AddProject<SomeProject>("back").WithHttpEndpoint(env: "PORT", isProxied: false).WithReplicas(3);
        builder.AddProject<SomeProject>("front").WithReference(back);

        var front = (await Configuration.OfAsync(builder, "front")).Environment;
        var listed = front.Where(v => v.Key.StartsWith("services__back__http__", StringComparison.Ordinal))
            .Select(v => v.Value).ToArray();
        var endpoint = back.GetEndpoint("http").EndpointAnnotation;
        Assert.Equal(endpoint.Replicas.Select(r => r.UriString), listed);
        Assert.Equal(3, listed.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task WithHttpEndpoint_ReplicaAsksForItsPort_GetsItsOwn(int replica)
    {
        var builder = Configuration.NewBuilder();
        var back = builder.AddProject<SomeProject>("back").WithHttpEndpoint(env: "PORT").WithReplicas(3);

        var environment = (await Configuration.OfAsync(builder, "back", replica)).Environment;

        Assert.Equal($"{back.GetEndpoint("http").EndpointAnnotation.Replicas[replica].Port}", environment["PORT"]);
    }

    [Fact]
    public async Task WithReference_Redis_SetsConnectionStringAndItsParts()
    {
        var builder = Configuration.NewBuilder("--Parameters:cache-password=abc123");
        var redis = builder.AddRedis("cache", port: 6390);
        builder.AddProject<SomeProject>("front").WithReference(redis);

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("127.0.0.1:6390,password=abc123", environment["ConnectionStrings__cache"]);
        Assert.Equal("127.0.0.1", environment["CACHE_HOST"]);
        Assert.Equal("6390", environment["CACHE_PORT"]);
        Assert.Equal("abc123", environment["CACHE_PASSWORD"]);
        Assert.Equal("redis://:abc123@127.0.0.1:6390", environment["CACHE_URI"]);
    }

    [Fact]
    public async Task AddRedis_NoPasswordGiven_EachApplicationGetsItsOwn()
    {
        async Task<string?> PasswordAsync()
        {
            var redis = Configuration.NewBuilder().AddRedis("redis").Resource;
            return await redis.PasswordParameter!.GetValueAsync(CancellationToken.None);
        }

        var first = await PasswordAsync();

        Assert.Equal(22, first!.Length);
        Assert.NotEqual(first, await PasswordAsync());
    }

    [Fact]
    public async Task WithReference_AbsentRedis_SetsNothing()
    {
        var builder = Configuration.NewBuilder();
        var redis = builder.AddRedis("redis").WithAnnotation(new AbsentAnnotation("test"));
        builder.AddProject<SomeProject>("front").WithReference(redis);

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.DoesNotContain(environment.Keys, name => name.Contains("redis", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task WithReference_ConnectionStringFromConfiguration_IsPassedOn()
    {
        var builder = Configuration.NewBuilder("--ConnectionStrings:store=host=a;b=c");
        builder.AddProject<SomeProject>("front").WithReference(builder.AddConnectionString("store"));

        Assert.Equal("host=a;b=c", (await Configuration.OfAsync(builder, "front")).Environment["ConnectionStrings__store"]);
    }

    [Fact]
    public async Task WithReference_ConnectionStringNotConfigured_ThrowsNamingTheKey()
    {
        var builder = Configuration.NewBuilder();
        builder.AddProject<SomeProject>("front").WithReference(builder.AddConnectionString("store"));

        var error = await Assert.ThrowsAsync<MissingParameterValueException>(() => Configuration.OfAsync(builder, "front"));

        Assert.Contains("ConnectionStrings:store", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithHttpEndpoint_NoVariable_IsGivenToAspNetCore()
    {
        var builder = Configuration.NewBuilder();
        builder.AddProject<SomeProject>("front").WithHttpEndpoint(5301).WithHttpEndpoint(5302, name: "b")
            .WithHttpEndpoint(5303, name: "c", env: "C");

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("http://127.0.0.1:5301;http://127.0.0.1:5302", environment["ASPNETCORE_URLS"]);
        Assert.Equal("5303", environment["C"]);
    }

    [Fact]
    public async Task WithEnvironment_EveryKindOfValue_IsResolved()
    {
        var builder = Configuration.NewBuilder("--Parameters:key=k1");
        var key = builder.AddParameter("key", secret: true);
        var front = builder.AddProject<SomeProject>("front").WithHttpEndpoint(5401);
        var endpoint = front.GetEndpoint("http");
        front.WithEnvironment("TEXT", "a b").WithEnvironment("EMPTY", (string?)null).WithEnvironment("LATE", () => "late")
            .WithEnvironment("KEY", key).WithEnvironment("URL", endpoint)
            .WithEnvironment("MIXED", ReferenceExpression.Create($"{{{endpoint.Property(EndpointProperty.HostAndPort)}}}/{key}"))
            .WithArgs("one", "two three");

        var request = await Configuration.OfAsync(builder, "front");

        Assert.Equal("a b", request.Environment["TEXT"]);
        Assert.Equal(string.Empty, request.Environment["EMPTY"]);
        Assert.Equal("late", request.Environment["LATE"]);
        Assert.Equal("k1", request.Environment["KEY"]);
        Assert.Equal("http://127.0.0.1:5401", request.Environment["URL"]);
        Assert.Equal("{127.0.0.1:5401}/k1", request.Environment["MIXED"]);
        Assert.Equal(["one", "two three"], request.Arguments);
    }

    [Fact]
    public async Task AddParameter_NotConfigured_ThrowsNamingTheKey()
    {
        var builder = Configuration.NewBuilder();
        builder.AddProject<SomeProject>("front").WithEnvironment("KEY", builder.AddParameter("key"));

        var error = await Assert.ThrowsAsync<MissingParameterValueException>(() => Configuration.OfAsync(builder, "front"));

        Assert.Contains("Parameters:key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Project_Telemetry_HasNameInstanceAndTheDashboardsAddress()
    {
        var builder = Configuration.NewBuilder("--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:4317");
        builder.AddProject<SomeProject>("front");

        var environment = (await Configuration.OfAsync(builder, "front")).Environment;

        Assert.Equal("front", environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=front-id", environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("http://127.0.0.1:4317", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", environment["OTEL_EXPORTER_OTLP_PROTOCOL"]);
    }
}
