using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Internal.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells the state of resources and lets callers wait for one.</summary>
public class ResourceNotificationService(
    ILogger<ResourceNotificationService> logger,
    IHostApplicationLifetime hostApplicationLifetime,
    IServiceProvider serviceProvider,
    ResourceLoggerService resourceLoggerService)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];

    internal IServiceProvider Services => serviceProvider;

    /// <summary>Changes the state of a resource that has one process.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return PublishUpdateAsync(resource, resource.Name, stateFactory);
    }

    /// <summary>Changes the state of one replica.</summary>
    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(stateFactory);
        lock (_lock)
        {
            var old = _current.GetValueOrDefault(resourceId)?.Snapshot ?? InitialSnapshot(resource);
            var update = new ResourceEvent(resource, resourceId, WithCommands(resource, stateFactory(old)));
            _current[resourceId] = update;
            if (old.State != update.Snapshot.State && logger.IsEnabled(LogLevel.Debug))
                logger.LogDebug("{ResourceId}: {State}", resourceId, update.Snapshot.State?.Text);
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(update);
        }

        return Task.CompletedTask;
    }

    /// <summary>The newest state of one replica.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
            return _current.TryGetValue(resourceId, out resourceEvent);
    }

    /// <summary>The newest state of every resource, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            foreach (var known in _current.Values)
                channel.Writer.TryWrite(known);
            _watchers.Add(channel);
        }

        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken, hostApplicationLifetime.ApplicationStopped);
            do
            {
                while (channel.Reader.TryRead(out var update))
                    yield return update;
            }
            while (await channel.Reader.WaitToReadAsync(ends.Token).ConfigureAwait(false));
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }

    /// <summary>Waits until a resource's state fulfils a condition.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the application ended.</exception>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        await foreach (var update in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(update.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(update))
                return update;
        }

        throw new OperationCanceledException($"The application ended before '{resourceName}' reached the state waited for.");
    }

    /// <summary>Waits until a resource is in a state; Running when null.</summary>
    public Task WaitForResourceAsync(
        string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource is in one of some states, and tells which.</summary>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        string[] states = [.. targetStates];
        var reached = await WaitForResourceAsync(
            resourceName, e => e.Snapshot.State is { } s && states.Contains(s.Text), cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until a resource runs and its health checks pass; fails when it ends.</summary>
    /// <exception cref="DistributedApplicationException">It ended or could not start.</exception>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <summary>Waits until a resource runs and its health checks pass.</summary>
    /// <exception cref="DistributedApplicationException">
    /// It ended or could not start, and <paramref name="waitBehavior"/> says to stop then.
    /// </exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var stop = waitBehavior == WaitBehavior.StopOnResourceUnavailable;
        var reached = await WaitForResourceAsync(
            resourceName,
            e => ResourceReadiness.IsHealthy(e.Snapshot) || (stop && ResourceReadiness.HasEnded(e.Snapshot)),
            cancellationToken).ConfigureAwait(false);
        return ResourceReadiness.IsHealthy(reached.Snapshot)
            ? reached
            : throw new DistributedApplicationException(
                ResourceFailure.DescribeWithOutput(reached, resourceLoggerService));
    }

    /// <summary>Waits until all that a resource said it waits for has come true.</summary>
    /// <exception cref="DistributedApplicationException">A resource waited for ended or could not start.</exception>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
        => DependencyWait.ForAllAsync(this, resource, cancellationToken);

    /// <summary>The newest state of each replica of a resource.</summary>
    internal IReadOnlyList<ResourceEvent> StatesOf(string resourceName)
    {
        lock (_lock)
            return [.. _current.Values.Where(
                e => string.Equals(e.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))];
    }

    private CustomResourceSnapshot InitialSnapshot(IResource resource) => new()
    {
        ResourceType = resource.GetType().Name.Replace("Resource", string.Empty, StringComparison.Ordinal),
        Properties = ImmutableArray<ResourcePropertySnapshot>.Empty,
        CreationTimeStamp = (serviceProvider.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow().UtcDateTime,
    };

    private CustomResourceSnapshot WithCommands(IResource resource, CustomResourceSnapshot snapshot)
    {
        ResourceCommandAnnotation[] commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>()];
        if (commands.Length == 0)
            return snapshot;
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = serviceProvider };
        return snapshot with
        {
            Commands = [.. commands.Select(c => new ResourceCommandSnapshot(
                c.Name, c.UpdateState(context), c.DisplayName, c.DisplayDescription, c.Parameter, c.ConfirmationMessage,
                c.IconName, c.IconVariant, c.IsHighlighted))],
        };
    }
}
