using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing.Internal;

/// <summary>An application that the entry point starts when the test lets it, and that ends with the entry point.</summary>
internal sealed class GatedHost(IHost host) : IHost, IAsyncDisposable
{
    private readonly TaskCompletionSource _mayStart = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IServiceProvider Services => host.Services;

    /// <summary>Lets it start, and waits until it has.</summary>
    public Task LetStartAsync(CancellationToken cancellationToken)
    {
        _mayStart.TrySetResult();
        return _started.Task.WaitAsync(cancellationToken);
    }

    /// <summary>It will not be started any more.</summary>
    public void Abandon(Exception reason)
    {
        _mayStart.TrySetException(reason);
        _started.TrySetException(reason);
        _ = _mayStart.Task.Exception;
        _ = _started.Task.Exception;
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _mayStart.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            _started.TrySetResult();
        }
        catch (Exception e)
        {
            _started.TrySetException(e);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    public void Dispose() => host.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            host.Dispose();
    }
}
