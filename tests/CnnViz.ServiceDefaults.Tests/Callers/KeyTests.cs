using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Tests.Support;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace CnnViz.ServiceDefaults.Tests.Callers;

/// <summary>API keys, over the wire.</summary>
public sealed class KeyTests
{
    private static readonly string[] _three =
    [
        .. RunningHost.Key(0, "reader", "key-of-reader", "infer"),
        .. RunningHost.Key(1, "painter", "key-of-painter", "render"),
        .. RunningHost.Key(2, "admin", "key-of-admin", "infer,render", "manage"),
    ];

    [Fact]
    public async Task AnyCall_NothingConfigured_EverybodyMayDoEverything()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal("127.0.0.1", await host.NameAsync([]));
        Assert.Equal("127.0.0.1", await host.NameAsync(new Metadata { { "x-api-key", "anything" } }));
        await new ModelService.ModelServiceClient(host.Channel()).DeleteModelAsync(new DeleteModelRequest());
    }

    [Theory]
    [InlineData("x-api-key", "key-of-reader")]
    [InlineData("authorization", "Bearer key-of-reader")]
    [InlineData("authorization", "bearer  key-of-reader")]
    public async Task ModelInfo_AKey_ItsCallerIsKnown(string header, string value)
    {
        await using var host = await RunningHost.StartAsync(_three);
        Assert.Equal("reader", await host.NameAsync(new Metadata { { header, value } }));
    }

    [Theory]
    [InlineData(null, null, "CREDENTIALS_MISSING")]
    [InlineData("x-api-key", "", "CREDENTIALS_INVALID")]
    [InlineData("x-api-key", "key-of-reade", "CREDENTIALS_INVALID")]
    [InlineData("x-api-key", "key-of-readerx", "CREDENTIALS_INVALID")]
    [InlineData("authorization", "Basic key-of-reader", "CREDENTIALS_INVALID")]
    [InlineData("authorization", "key-of-reader", "CREDENTIALS_INVALID")]
    [InlineData("authorization", "Bearer a.b.c", "CREDENTIALS_INVALID")]
    public async Task ModelInfo_NoOrAWrongKey_Unauthenticated(string? header, string? value, string reason)
    {
        await using var host = await RunningHost.StartAsync(_three);
        var headers = header is null ? [] : new Metadata { { header, value! } };
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.NameAsync(headers));
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        var info = RunningHost.Detail<ErrorInfo>(refusal);
        Assert.Equal((reason, "cnnviz.dev"), (info.Reason, info.Domain));
    }

    [Fact]
    public async Task ModelInfo_TwoKeys_UnauthenticatedAlthoughBothAreRight()
    {
        await using var host = await RunningHost.StartAsync(_three);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => host.NameAsync(
            new Metadata { { "x-api-key", "key-of-reader" }, { "authorization", "Bearer key-of-admin" } }));
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal("CREDENTIALS_AMBIGUOUS", RunningHost.Detail<ErrorInfo>(refusal).Reason);
    }

    [Fact]
    public async Task AnyCall_WithoutItsPermission_PermissionDeniedNamingIt()
    {
        await using var host = await RunningHost.StartAsync(_three);
        var channel = host.Channel();
        var models = new ModelService.ModelServiceClient(channel);
        var render = new RenderService.RenderServiceClient(channel);
        var inference = new InferenceService.InferenceServiceClient(channel);

        await AssertDeniedAsync(() => models.DeleteModelAsync(new(), Key("key-of-reader")).ResponseAsync, "manage");
        await AssertDeniedAsync(() => models.DeleteModelAsync(new(), Key("key-of-painter")).ResponseAsync, "manage");
        await AssertDeniedAsync(() => inference.ModelInfoAsync(new(), Key("key-of-painter")).ResponseAsync, "infer");
        await AssertDeniedAsync(() => render.RenderFilters(new(), Key("key-of-reader")).ResponseStream.MoveNext(), "render");
        Assert.False(await render.RenderFilters(new(), Key("key-of-painter")).ResponseStream.MoveNext());
        await models.DeleteModelAsync(new(), Key("key-of-admin"));
        await inference.ModelInfoAsync(new(), Key("key-of-admin"));
    }

    [Fact]
    public async Task RegisterModel_WithoutPermission_RefusedThoughMessagesFollow()
    {
        await using var host = await RunningHost.StartAsync(_three);
        using var call = new ModelService.ModelServiceClient(host.Channel()).RegisterModel(Key("key-of-reader"));
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            try
            {
                for (var i = 0; i < 100; i++)
                {
                    await call.RequestStream.WriteAsync(new RegisterModelRequest
                    {
                        Chunk = new ModelFileChunk { Data = Google.Protobuf.ByteString.CopyFrom(new byte[1 << 20]) },
                    });
                }
            }
            catch (Exception exception) when (exception is InvalidOperationException or RpcException)
            {
                // The answer came before all had been sent.
            }

            await call.ResponseAsync;
        });
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    [Fact]
    public async Task Health_WithCallersOn_OpenUnlessClosed()
    {
        await using (var open = await RunningHost.StartAsync(_three))
        {
            var answer = await new HealthClient(open.Channel()).CheckAsync(new HealthCheckRequest());
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        await using var closed = await RunningHost.StartAsync([.. _three, "Callers:OpenHealth=false"]);
        var health = new HealthClient(closed.Channel());
        var refusal = await Assert.ThrowsAsync<RpcException>(() => health.CheckAsync(new HealthCheckRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        await health.CheckAsync(new HealthCheckRequest(), Key("key-of-painter"));
    }

    [Fact]
    public async Task ModelInfo_AnonymousMayInfer_ButNotManage()
    {
        await using var host = await RunningHost.StartAsync([.. _three, "Callers:Anonymous:0=infer"]);
        Assert.Equal("127.0.0.1", await host.NameAsync([]));
        await Assert.ThrowsAsync<RpcException>(() => host.NameAsync(Key("wrong")));
        var refusal = await Assert.ThrowsAsync<RpcException>(() =>
            new ModelService.ModelServiceClient(host.Channel()).DeleteModelAsync(new()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }

    [Fact]
    public async Task KeysFile_AKeyAddedAndOneWithdrawn_WithoutARestart()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "keys");
        File.WriteAllText(file, $"# name, hash, permissions\n\none {RunningHost.Sha256("first")} infer,render\n");
        await using var host = await RunningHost.StartAsync($"Callers:KeysFile={file}");
        Assert.Equal("one", await host.NameAsync(Key("first")));

        File.WriteAllText(file, $"two\t{RunningHost.Sha256("second")}\tinfer\n");
        using var limit = new CancellationTokenSource(RunningHost.Patience);
        while (await TryNameAsync(host, "second") is not "two")
        {
            await Task.Delay(50, limit.Token);
        }

        Assert.Null(await TryNameAsync(host, "first"));

        // Half a file is no reason to let nobody in, or anybody.
        File.WriteAllText(file, "three nonsense");
        while (!host.Logs.Lines.Any(line => line.Contains("what was read before stays", StringComparison.Ordinal)))
        {
            Assert.Equal("two", await TryNameAsync(host, "second"));
            await Task.Delay(50, limit.Token);
        }

        Assert.Equal("two", await TryNameAsync(host, "second"));
    }

    [Theory]
    [InlineData("Callers:Keys:0:Name=a b", "name")]
    [InlineData("Callers:Keys:0:Sha256=secret", "SHA-256")]
    [InlineData("Callers:Keys:0:Permissions:0=everything", "infer, render and manage")]
    [InlineData("Callers:KeysFile=/nowhere/keys", "/nowhere/keys")]
    public async Task Start_MalformedSetting_RefusedNamingIt(string setting, string named)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() =>
            RunningHost.StartAsync([.. RunningHost.Key(0, "a", "k", "infer"), setting]));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_EveryMethodOfTheContract_IsListed()
    {
        var services = typeof(InferenceService).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null)).OfType<Google.Protobuf.Reflection.ServiceDescriptor>().ToList();
        Assert.Contains(services, service => service.Name == "RenderService");
        var methods = services.SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}")).ToList();
        Assert.Equal([], methods.Where(method => !MethodRules.IsListed(method)));
        Assert.Equal(Permissions.Manage, MethodRules.Find("/cnnviz.v1.NewService/New", new CallerOptions())!.Needs);
    }

    private static Metadata Key(string key) => new() { { "x-api-key", key } };

    private static async Task<string?> TryNameAsync(RunningHost host, string key)
    {
        try
        {
            return await host.NameAsync(Key(key));
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            return null;
        }
    }

    private static async Task AssertDeniedAsync(Func<Task> call, string permission)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        var info = RunningHost.Detail<ErrorInfo>(refusal);
        Assert.Equal(("PERMISSION_MISSING", permission), (info.Reason, info.Metadata["permission"]));
        Assert.Contains(permission, refusal.Status.Detail, StringComparison.Ordinal);
    }
}
