using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing.Internal;

/// <summary>The test's hold on the application that an entry point runs.</summary>
internal sealed class TestedApplication(EntryPointRun run, GatedHost host) : DistributedApplication(host)
{
    private readonly IHostApplicationLifetime _lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
    private int _disposed;

    public override Task StartAsync(CancellationToken cancellationToken = default) => host.LetStartAsync(cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_disposed != 0)
            return;
        // The entry point sees it as Ctrl-C and stops the application itself.
        _lifetime.StopApplication();
        await run.EndAsync(host).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _lifetime.ApplicationStopped.Register(() => stopped.TrySetResult()).ConfigureAwait(false);
        await using var stop = cancellationToken.Register(_lifetime.StopApplication).ConfigureAwait(false);
        await stopped.Task.ConfigureAwait(false);
    }

    public override void Dispose()
    {
        StopAsync().GetAwaiter().GetResult();
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            await base.DisposeAsync().ConfigureAwait(false);
    }
}
