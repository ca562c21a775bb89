using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Internal;

/// <summary>Aspire's other mode, in which an app host writes what a cluster needs. The stand-in cannot.</summary>
internal static class PublishMode
{
    /// <exception cref="DistributedApplicationException">The command line asks for it.</exception>
    public static void Refuse(IConfiguration configuration)
    {
        // What `aspire publish` passes, and what it passed before.
        var asked = string.Equals(configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase)
            || configuration["publisher"] is { Length: > 0 };
        if (asked)
        {
            throw new DistributedApplicationException(
                "Publishing needs the real Aspire packages, which this package feed lacks. deploy/ has manifests for Docker Compose "
                + "and Kubernetes, written by hand.");
        }
    }
}
