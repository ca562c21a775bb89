using Microsoft.Extensions.Configuration;

namespace CnnViz.AppHost;

/// <summary>Settings that are the services' own, under the same names here: who may call, limits, encryption, stopping.</summary>
internal static class SharedSettings
{
    private const string ServiceKey = "service-key";

    /// <summary>Hands the sections Callers, Limits, Drain and Tls on to a service.</summary>
    public static IResourceBuilder<ProjectResource> WithSharedSettings(this IResourceBuilder<ProjectResource> service) =>
        service.WithSections("Callers", "Limits", "Drain", "Tls");

    /// <summary>
    /// How a service calls others: section Upstream, and its own API key, where there is one as the secret parameter "service-key".
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithUpstreamSettings(this IResourceBuilder<ProjectResource> service)
    {
        service.WithSections("Upstream");
        return ServiceKeyOf(service.ApplicationBuilder.Configuration) is null
            ? service
            : service.WithEnvironment("Upstream__ApiKey", service.ApplicationBuilder.AddParameter(ServiceKey, secret: true));
    }

    /// <summary>That key, if there is one.</summary>
    public static string? ServiceKeyOf(IConfiguration configuration) => configuration[$"Parameters:{ServiceKey}"];

    private static IResourceBuilder<ProjectResource> WithSections(
        this IResourceBuilder<ProjectResource> service, params string[] sections)
    {
        foreach (var section in sections)
        {
            foreach (var (key, value) in service.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable())
            {
                if (value is not null)
                    service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
            }
        }

        return service;
    }
}
