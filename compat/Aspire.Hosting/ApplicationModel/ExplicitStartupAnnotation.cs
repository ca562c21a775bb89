namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource is not started with the application, but by its start command.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
