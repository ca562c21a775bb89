namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource sends telemetry: it is told where to, as projects are without asking.</summary>
public class OtlpExporterAnnotation : IResourceAnnotation;
