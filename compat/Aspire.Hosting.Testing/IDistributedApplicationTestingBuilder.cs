namespace Aspire.Hosting.Testing;

/// <summary>An app host's description, which a test may change before it is built.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Makes the application; it is started by its <see cref="DistributedApplication.StartAsync"/>.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
