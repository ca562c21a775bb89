using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Configures telemetry.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>Tells the resource where to send its telemetry, in OpenTelemetry's variables.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new OtlpExporterAnnotation(), ResourceAnnotationMutationBehavior.Replace);
    }
}
