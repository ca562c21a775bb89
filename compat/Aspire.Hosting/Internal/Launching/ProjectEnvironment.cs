using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>The variables that every project gets: where to listen.</summary>
internal static class ProjectEnvironment
{
    public static void Set(ProjectResource project, EnvironmentCallbackContext context)
    {
        // An endpoint that has a variable of its own is the program's business; the others go to ASP.NET Core.
        var urls = project.Annotations.OfType<EndpointAnnotation>()
            .Where(e => e.UriScheme is "http" or "https" && e.TargetPortEnvironmentVariable is null)
            .Select(e => project.GetEndpoint(e.Name).Property(EndpointProperty.Url))
            .ToArray();
        if (urls.Length > 0)
            context.EnvironmentVariables["ASPNETCORE_URLS"] = new JoinedValues(";", urls);
    }
}
