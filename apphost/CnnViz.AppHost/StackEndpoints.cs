using System.Text.Json;

namespace CnnViz.AppHost;

/// <summary>Where the healthy stack can be reached: service name, endpoint name, URL.</summary>
internal sealed class StackEndpoints
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _urls = [];

    /// <summary>Waits until every service is healthy.</summary>
    /// <exception cref="DistributedApplicationException">A service ended or could not start.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<StackEndpoints> WhenHealthyAsync(
        DistributedApplication app, IReadOnlyList<IResourceBuilder<ProjectResource>> services, CancellationToken cancellationToken)
    {
        var endpoints = new StackEndpoints();
        foreach (var service in services)
        {
            var name = service.Resource.Name;
            await app.ResourceNotifications.WaitForResourceHealthyAsync(
                name, WaitBehavior.StopOnResourceUnavailable, cancellationToken);
            endpoints.Add(name, ServiceEndpoints.Grpc, service.GetEndpoint(ServiceEndpoints.Grpc).Url);
            endpoints.Add(name, ServiceEndpoints.Http, service.GetEndpoint(ServiceEndpoints.Http).Url);
        }

        return endpoints;
    }

    /// <summary>Adds one.</summary>
    public void Add(string service, string endpoint, string url)
    {
        if (!_urls.TryGetValue(service, out var own))
            _urls[service] = own = [];
        own[endpoint] = url;
    }

    /// <summary>One line for each.</summary>
    public void Print(TextWriter writer)
    {
        foreach (var (service, own) in _urls)
        {
            foreach (var (endpoint, url) in own)
                writer.WriteLine($"{service} {endpoint}: {url}");
        }
    }

    /// <summary>
    /// Writes <c>{"inference": {"grpc": "http://…", "http": "http://…"}, …}</c>. The file appears whole: its existence is the
    /// signal that everything is healthy.
    /// </summary>
    public void WriteTo(string file)
    {
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_urls, _indented));
        File.Move(temporary, file, overwrite: true);
    }
}
