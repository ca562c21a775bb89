using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CnnViz.Dashboard.Tests.Infrastructure;

/// <summary>
/// An application of small shell programs with the shape of the real stack, in this process, with its dashboard on free ports;
/// its telemetry is sent by <see cref="SampleTelemetry"/>.
/// </summary>
public sealed class SampleApplication : IAsyncDisposable
{
    /// <summary>For anything that is not about time; never what a test asserts.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public const string Token = "0123456789abcdef0123456789abcdef";
    public const string SecretText = "Secret4711";

    private readonly DistributedApplication _app;
    private readonly LoginLog _log;

    private SampleApplication(DistributedApplication app, LoginLog log)
    {
        _app = app;
        _log = log;
    }

    /// <summary>Address of the pages.</summary>
    public Uri Address => new(LoginAddress.GetLeftPart(UriPartial.Authority));

    /// <summary>Address that lets a person in, as the log tells it.</summary>
    public Uri LoginAddress => new(_log.Login);

    public DistributedApplication App => _app;

    /// <summary>What commands have been done.</summary>
    public List<string> Cleared { get; } = [];

    public static async Task<SampleApplication> StartAsync(params string[] settings)
    {
        var log = new LoginLog();
        var builder = DistributedApplication.CreateBuilder(
            ["--ASPNETCORE_URLS=http://127.0.0.1:0", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:0",
                "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://127.0.0.1:0",
                $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={Token}",
                .. settings]);
        builder.Services.AddSingleton<ILoggerProvider>(log);
        SampleApplication sample = null!;
        var key = builder.AddParameter("registry-key", SecretText, secret: true);
        var redis = Add(builder, "redis", "echo Ready to accept connections; exec sleep 100000")
            .WithEndpoint(scheme: "tcp", name: "tcp", env: "PORT")
            .WithCommand("clear-cache", "Clear cache", context =>
            {
                sample.Cleared.Add(context.ResourceName);
                return Task.FromResult(CommandResults.Success());
            }, new CommandOptions
            {
                ConfirmationMessage = "All cached results are forgotten.",
                Description = "Forgets all cached results",
                IsHighlighted = true,
            });
        var inference = Add(builder, "inference", ConsoleScript)
            .WithHttpEndpoint(name: "grpc", env: "GRPC_PORT").WithHttpEndpoint(name: "http", env: "PORT")
            .WithAnnotation(new ReplicaAnnotation(2)).WithOtlpExporter()
            .WithEnvironment("REGISTRY_KEY", key).WithEnvironment("MODELS", "/srv/models")
            .WaitFor(redis);
        inference.Resource.Annotations.Add(new ResourceRelationshipAnnotation(redis.Resource, "Reference"));
        var render = Add(builder, "render", "echo listening; exec sleep 100000")
            .WithHttpEndpoint(name: "http", env: "PORT").WithOtlpExporter().WaitFor(inference);
        render.Resource.Annotations.Add(new ResourceRelationshipAnnotation(inference.Resource, "Reference"));
        render.Resource.Annotations.Add(new ResourceRelationshipAnnotation(redis.Resource, "Reference"));
        Add(builder, "train", "exec sleep 100000").WithExplicitStart();
        Add(builder, "migrate", "echo cannot reach the store >&2; exit 3");
        sample = new SampleApplication(builder.Build(), log);
        await sample._app.StartAsync();
        await sample._app.ResourceNotifications.WaitForResourceHealthyAsync("render", LimitToken());
        await sample._app.ResourceNotifications.WaitForResourceAsync(
            "migrate", e => e.Snapshot.ExitCode is not null, LimitToken());
        return sample;
    }

    public static CancellationToken LimitToken() => new CancellationTokenSource(Limit).Token;

    /// <summary>The states of a resource's replicas.</summary>
    public async Task<ResourceEvent> StateAsync(string name)
        => await _app.ResourceNotifications.WaitForResourceAsync(name, _ => true, LimitToken());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private const string ConsoleScript =
        """
        printf '\033[40m\033[32minfo\033[39m\033[22m\033[49m: CnnViz.Inference.Startup[0]\n'
        echo "      nanodet: 5 models, engine onednn, 2 threads, exact"
        printf '\033[33mwarn\033[39m: CnnViz.Inference.Queue[3] the queue is half full\n'
        echo "      <b>not bold</b> & never HTML"
        echo "a line of the error stream" >&2
        i=0
        while [ $i -lt 24 ]; do
          i=$((i + 1))
          echo "info: CnnViz.Inference.Calls[7] MaximizeFilter nanodet Add_11 filter $i finished in $((i * 17 + 211)) ms"
        done
        exec sleep 100000
        """;

    private static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, string name, string script)
        => builder.AddExecutable(name, "sh", "/", "-c", script);

    /// <summary>Catches the address that the app host prints.</summary>
    private sealed class LoginLog : ILoggerProvider, ILogger
    {
        private const string Prefix = "Login to the dashboard at ";

        public string Login { get; private set; } = string.Empty;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            if (text.StartsWith(Prefix, StringComparison.Ordinal))
                Login = text[Prefix.Length..];
        }

        public void Dispose()
        {
        }
    }
}
