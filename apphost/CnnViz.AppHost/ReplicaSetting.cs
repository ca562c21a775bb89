using System.Globalization;

namespace CnnViz.AppHost;

/// <summary>How many processes of a service run.</summary>
internal static class ReplicaSetting
{
    private const int Most = 64;

    /// <summary>As many replicas as a setting says, 1 to 64; one without it.</summary>
    /// <exception cref="DistributedApplicationException">It says something else.</exception>
    public static IResourceBuilder<ProjectResource> WithReplicaSetting(
        this IResourceBuilder<ProjectResource> service, string setting)
        => service.ApplicationBuilder.Configuration[setting] switch
        {
            null or "" => service,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is > 0 and <= Most => service.WithReplicas(count),
            var text => throw new DistributedApplicationException(
                $"{setting} must be a number of replicas from 1 to {Most}, not '{text}'."),
        };
}
