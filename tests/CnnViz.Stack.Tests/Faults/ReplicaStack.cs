using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;
using CnnViz.V1;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>
/// Replicas of the inference service, the render service before them, and the redis-server that they share; each a real
/// process on free ports. Disposing it ends them all.
/// </summary>
internal sealed class ReplicaStack : IAsyncDisposable
{
    private readonly List<ServiceProcess> _inference = [];
    private ServiceProcess? _render;

    private ReplicaStack(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public IReadOnlyList<ServiceProcess> Inference => _inference;

    /// <summary>Null where none was asked for.</summary>
    public RenderService.RenderServiceClient? Render => _render is null ? null : new(_render.Channel);

    /// <summary>Where the render service is.</summary>
    public Uri? RenderAddress => _render?.Grpc;

    /// <summary>The replicas' addresses, as clients write them: HOST:PORT,HOST:PORT.</summary>
    public string Endpoints => string.Join(',', _inference.Select(replica => replica.Grpc.Authority));

    /// <summary>Starts everything and waits until it is healthy.</summary>
    /// <param name="replicas">Of the inference service.</param>
    /// <param name="render">Whether there is a render service.</param>
    /// <param name="password">Redis's; null for none.</param>
    /// <param name="given">The password that the services are given.</param>
    /// <param name="settings">Further environment variables of all services.</param>
    public static async Task<ReplicaStack> StartAsync(
        int replicas,
        bool render = false,
        string? password = null,
        string? given = null,
        params IReadOnlyList<(string Name, string Value)> settings)
    {
        var stack = new ReplicaStack(await RedisServer.StartAsync(password));
        try
        {
            var environment = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
            environment["ConnectionStrings__redis"] = stack.Redis.WithPassword(given ?? password);
            environment.TryAdd("CNNVIZ_MODELS", RepositoryPaths.Models);
            environment["OMP_WAIT_POLICY"] = "passive";
            stack._inference.AddRange(await Task.WhenAll(Enumerable.Range(0, replicas)
                .Select(_ => ServiceProcess.StartAsync("CnnViz.Inference", environment))));
            if (render)
            {
                for (var i = 0; i < replicas; i++)
                {
                    environment[$"services__inference__grpc__{i}"] = stack._inference[i].Grpc.ToString();
                }

                stack._render = await ServiceProcess.StartAsync("CnnViz.Render", environment);
            }

            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more replica with settings of its own.</summary>
    public async Task<ServiceProcess> AddReplicaAsync(params IReadOnlyList<(string Name, string Value)> settings)
    {
        var environment = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        environment["ConnectionStrings__redis"] = Redis.ConnectionString;
        environment.TryAdd("CNNVIZ_MODELS", RepositoryPaths.Models);
        _inference.Add(await ServiceProcess.StartAsync("CnnViz.Inference", environment));
        return _inference[^1];
    }

    public InferenceService.InferenceServiceClient Numbers(int replica) => new(_inference[replica].Channel);

    public MaximizationService.MaximizationServiceClient Runs(int replica) => new(_inference[replica].Channel);

    public async ValueTask DisposeAsync()
    {
        if (_render is not null)
        {
            await _render.DisposeAsync();
        }

        await Task.WhenAll(_inference.Select(replica => replica.DisposeAsync().AsTask()));
        await Redis.DisposeAsync();
    }
}
