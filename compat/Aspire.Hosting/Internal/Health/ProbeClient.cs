namespace Aspire.Hosting.Internal.Health;

/// <summary>The HTTP client of all health probes: straight to this machine, no proxy, no redirects.</summary>
internal sealed class ProbeClient : IDisposable
{
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public void Dispose() => Http.Dispose();
}
