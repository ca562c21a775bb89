using CnnViz.Cli.Output;
using CnnViz.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Cli.Stack;

/// <summary>Which services to connect to, and where they are if they run already.</summary>
/// <param name="Needs">The services that will be called.</param>
/// <param name="Render">The render service's endpoint, if given.</param>
/// <param name="Inference">The inference service's endpoint, if given.</param>
/// <param name="AppHost">The AppHost to start otherwise, if given.</param>
/// <param name="Verbose">Whether the output of a stack that is started is shown.</param>
internal sealed record ConnectionRequest(
    ServiceKinds Needs, string? Render, string? Inference, string? AppHost, bool Verbose)
{
    /// <summary>Whether a stack is started for the call, as no service that it needs is said to run already.</summary>
    public bool StartsStack => !(Needs.HasFlag(ServiceKinds.Inference) && Inference is not null)
        && !(Needs.HasFlag(ServiceKinds.Render) && Render is not null);

    /// <summary>The folder below which a stack that is started may read models by their files' paths, if any.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>Whom to trust and how to show who calls.</summary>
    public ClientCredentials Credentials { get; init; } = new();
}

/// <summary>
/// Channels to the services: to those that run already, or to a stack started for this purpose and stopped at the end.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly LocalStack? _stack;
    private readonly ClientCredentials _credentials;
    private readonly List<GrpcChannel> _channels = [];
    private readonly string _where;

    private Connection(LocalStack? stack, ClientCredentials credentials, Uri? inference, Uri? render)
    {
        (_stack, _credentials) = (stack, credentials);
        _where = string.Join(" and ", new[] { inference, render }.OfType<Uri>().Select(uri => uri.Authority));
        if (inference is not null)
        {
            var calls = Calls(inference);
            Inference = new InferenceService.InferenceServiceClient(calls);
            Models = new ModelService.ModelServiceClient(calls);
        }

        Render = render is null ? null! : new RenderService.RenderServiceClient(Calls(render));
    }

    /// <summary>The inference service; there if it was asked for.</summary>
    public InferenceService.InferenceServiceClient Inference { get; } = null!;

    /// <summary>The same service's intake of models; there if the inference service was asked for.</summary>
    public ModelService.ModelServiceClient Models { get; } = null!;

    /// <summary>The render service; there if it was asked for.</summary>
    public RenderService.RenderServiceClient Render { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="CliException">An endpoint is malformed or missing, or no stack could be started.</exception>
    public static async Task<Connection> OpenAsync(
        ConnectionRequest request, IOutput output, TimeProvider time, CancellationToken cancellation)
    {
        var needsInference = request.Needs.HasFlag(ServiceKinds.Inference);
        var needsRender = request.Needs.HasFlag(ServiceKinds.Render);
        var tls = request.Credentials.MeanTls;
        var inference = needsInference ? Endpoint.Parse(request.Inference, "--inference-endpoint", tls) : null;
        var render = needsRender ? Endpoint.Parse(request.Render, "--endpoint", tls) : null;
        RefuseHalf(request, inference, render);
        if (inference is not null || render is not null)
        {
            if (request.Credentials.ApiKey is not null
                && new[] { inference, render }.Any(uri => uri is { Scheme: "http", IsLoopback: false }))
            {
                output.Note("The API key goes out in clear text: write the endpoint as https://... where the service has TLS.");
            }

            return new Connection(null, request.Credentials, inference, render);
        }

        var options = new LocalStackOptions
        {
            AppHost = AppHostLocator.Find(request.AppHost),
            ModelFolder = request.ModelFolder,
            Echo = request.Verbose ? output.Note : null,
        };
        // Its own lines and a moving line would overwrite each other.
        var stack = request.Verbose
            ? await LocalStack.StartAsync(options, time, cancellation)
            : await output.WaitAsync("starting the services", () => LocalStack.StartAsync(options, time, cancellation));
        return new Connection(
            stack,
            request.Credentials,
            needsInference ? stack.Endpoints.Inference.Grpc : null,
            needsRender ? stack.Endpoints.Render.Grpc : null);
    }

    /// <summary>A failed call in words; for a stack that died, with its last lines.</summary>
    public string Explain(RpcException exception) =>
        exception.StatusCode == StatusCode.Unavailable && _stack is { HasExited: true }
            ? $"The services ended while they worked. The last lines of the AppHost:{_stack.LastOutput}"
            : ErrorText.Of(exception, _where);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        if (_stack is not null)
            await _stack.DisposeAsync();
    }

    // One stack's inference service and another's render service may hold different models.
    private static void RefuseHalf(ConnectionRequest request, Uri? inference, Uri? render)
    {
        if (request.Needs != (ServiceKinds.Inference | ServiceKinds.Render) || (inference is null) == (render is null))
            return;
        throw new CliException(
            "This command calls both services: give both --endpoint and --inference-endpoint, or neither.", ExitCodes.Usage);
    }

    private CallInvoker Calls(Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A proxy for the internet cannot reach this machine's own loopback.
            UseProxy = !address.IsLoopback,
        };
        _credentials.Apply(handler.SslOptions);
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _channels.Add(channel);
        return _credentials.On(channel.CreateCallInvoker());
    }
}
