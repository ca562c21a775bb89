using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>
/// The health service over statuses that the application sets. One instance serves all calls; it is thread-safe.
/// </summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    // A watcher that does not read keeps the newest statuses; older ones are stale by then.
    private const int PendingStatusesPerWatcher = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ChannelWriter<ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    /// <summary>Sets a service's status and tells its watchers.</summary>
    /// <param name="service">The service's full name; empty for the server as a whole.</param>
    /// <param name="status">Its status.</param>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            ServingStatus previous = _statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown);
            _statuses[service] = status;
            if (status != previous)
                Notify(service, status);
        }
    }

    /// <summary>Forgets a service; its watchers see <see cref="ServingStatus.ServiceUnknown"/>.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (_statuses.Remove(service, out ServingStatus previous) && previous != ServingStatus.ServiceUnknown)
                Notify(service, ServingStatus.ServiceUnknown);
        }
    }

    /// <summary>Forgets all services.</summary>
    public void ClearAll()
    {
        lock (_lock)
        {
            foreach (string service in _statuses.Keys.ToArray())
                ClearStatus(service);
        }
    }

    /// <summary>The status now.</summary>
    /// <exception cref="RpcException">NOT_FOUND: no status was set for the service.</exception>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return _statuses.TryGetValue(request.Service, out ServingStatus status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, ""));
        }
    }

    /// <summary>Sends the status now and after every change, until the call is cancelled.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        if (context.CancellationToken.IsCancellationRequested)
            return;

        var changes = Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(PendingStatusesPerWatcher)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        AddWatcher(request.Service, changes.Writer);
        try
        {
            // Ending the channel rather than cancelling the read lets the method end normally.
            using CancellationTokenRegistration registration = context.CancellationToken.Register(
                () => changes.Writer.TryComplete());
            await foreach (ServingStatus status in changes.Reader.ReadAllAsync().ConfigureAwait(false))
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }).ConfigureAwait(false);
        }
        finally
        {
            RemoveWatcher(request.Service, changes.Writer);
        }
    }

    private void AddWatcher(string service, ChannelWriter<ServingStatus> watcher)
    {
        // Under the lock, so that the first status and the changes after it are in order and none is lost between them.
        lock (_lock)
        {
            if (!_watchers.TryGetValue(service, out List<ChannelWriter<ServingStatus>>? watchers))
                _watchers[service] = watchers = [];
            watchers.Add(watcher);
            watcher.TryWrite(_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown));
        }
    }

    private void RemoveWatcher(string service, ChannelWriter<ServingStatus> watcher)
    {
        lock (_lock)
        {
            List<ChannelWriter<ServingStatus>> watchers = _watchers[service];
            watchers.Remove(watcher);
            if (watchers.Count == 0)
                _watchers.Remove(service);
        }
    }

    private void Notify(string service, ServingStatus status)
    {
        foreach (ChannelWriter<ServingStatus> watcher in _watchers.GetValueOrDefault(service) ?? [])
            watcher.TryWrite(status);
    }
}
