using CnnViz.ServiceDefaults.Errors;
using Grpc.AspNetCore.HealthChecks;
using Grpc.Core;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace CnnViz.ServiceDefaults.Drain;

/// <summary>
/// How far the service is on its way out. First it is not ready any more but takes calls; then it takes no new ones
/// (<see cref="IHostApplicationLifetime.ApplicationStopping"/>), hands its runs over and lets calls end; then it ends them.
/// </summary>
public sealed partial class DrainState : IDisposable
{
    // Between the end of the last calls and that of the process: for their last words to leave.
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);

    private readonly IHostApplicationLifetime _lifetime;
    private readonly IServiceProvider _services;
    private readonly DrainOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DrainState> _logger;
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _graceOver;
    private int _signals;

    /// <summary>A service that runs.</summary>
    public DrainState(
        IHostApplicationLifetime lifetime,
        IServiceProvider services,
        IOptions<DrainOptions> options,
        TimeProvider time,
        ILogger<DrainState> logger)
    {
        (_lifetime, _services, _options, _time, _logger) = (lifetime, services, options.Value, time, logger);
        _graceOver = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() =>
            _graceOver.CancelAfter(_options.Grace > 2 * _lastWords ? _options.Grace - _lastWords : _options.Grace / 2));
    }

    /// <summary>Whether readiness has dropped.</summary>
    public bool IsDraining => Volatile.Read(ref _signals) > 0 || _lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Fires when calls under way must end.</summary>
    public CancellationToken GraceOver => _graceOver.Token;

    /// <summary>Stops the service: readiness, pause, calls. A second time during the pause ends that.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            await _hurry.CancelAsync().ConfigureAwait(false);
            return;
        }

        Log.Draining(_logger, _options.Pause.TotalSeconds, _options.Grace.TotalSeconds);

        // Who watches hears it now, not with the next round of checks.
        var health = _services.GetService<HealthServiceImpl>();
        foreach (var service in _services.GetRequiredService<IOptions<GrpcHealthChecksOptions>>().Value.Services)
        {
            health?.SetStatus(service.Name, ServingStatus.NotServing);
        }

        try
        {
            await Task.Delay(_options.Pause, _time, _hurry.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // In a hurry.
        }

        _lifetime.StopApplication();
    }

    /// <summary>Refuses a new call once the service takes none any more.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: another replica, or this one in a moment, can serve it.</exception>
    internal void ThrowIfStopping()
    {
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Unavailable("STOPPING", "this replica is shutting down; call again, on another one");
        }
    }

    /// <summary>Makes a call end with the grace period, until the result is disposed.</summary>
    internal IDisposable Bound(HttpContext http)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, GraceOver);
        http.RequestAborted = bound.Token;
        return bound;
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _graceOver.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Not ready any more; calls are taken for {Pause} s, then they have {Grace} s to end")]
        public static partial void Draining(ILogger logger, double pause, double grace);
    }
}
