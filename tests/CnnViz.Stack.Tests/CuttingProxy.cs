using System.Net;
using System.Net.Sockets;

namespace CnnViz.Stack.Tests;

/// <summary>Passes connections on to a service and breaks the first ones off after so many bytes of its answers.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _service;
    private readonly int _after;
    private readonly Task _work;
    private int _cuts;

    /// <param name="service">Where connections lead.</param>
    /// <param name="cuts">How many connections are broken off.</param>
    /// <param name="after">After how many bytes from the service.</param>
    public CuttingProxy(Uri service, int cuts, int after)
    {
        (_service, _cuts, _after) = (new IPEndPoint(IPAddress.Loopback, service.Port), cuts, after);
        _listener.Start();
        _work = AcceptAsync();
    }

    /// <summary>Where it listens: "127.0.0.1:PORT".</summary>
    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>How many connections are still to be broken off.</summary>
    public int CutsLeft => Math.Max(0, _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _work;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassOnAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using (client)
        using (var service = new TcpClient())
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            await service.ConnectAsync(_service, _stop.Token);
            var limit = Interlocked.Decrement(ref _cuts) >= 0 ? _after : long.MaxValue;
            var there = CopyAsync(client.GetStream(), service.GetStream(), long.MaxValue, end.Token);
            var back = CopyAsync(service.GetStream(), client.GetStream(), limit, end.Token);
            await Task.WhenAny(there, back);
            await end.CancelAsync();
            await Task.WhenAll(there, back);
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, long limit, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; limit > 0 && (count = await from.ReadAsync(buffer, cancellation)) > 0; limit -= count)
            {
                await to.WriteAsync(buffer.AsMemory(0, (int)Math.Min(count, limit)), cancellation);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // One side is gone; the other follows.
        }
    }
}
