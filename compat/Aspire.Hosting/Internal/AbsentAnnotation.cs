using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal;

/// <summary>Marks a resource that nothing on this machine can run and that the application works without.</summary>
internal sealed record AbsentAnnotation(string Reason) : IResourceAnnotation;
