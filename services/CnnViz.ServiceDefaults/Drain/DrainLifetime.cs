using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace CnnViz.ServiceDefaults.Drain;

/// <summary>Takes the process's signals, and stops the service in the order of <see cref="DrainState"/>.</summary>
internal sealed class DrainLifetime(DrainState drain) : IHostLifetime, IDisposable
{
    private static readonly PosixSignal[] _signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in _signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _ = drain.StopAsync();
            }));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
