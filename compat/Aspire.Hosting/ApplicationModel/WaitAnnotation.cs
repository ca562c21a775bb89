namespace Aspire.Hosting.ApplicationModel;

/// <summary>Another resource to wait for before starting.</summary>
public class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The resource waited for.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What is waited for.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code expected of a completion.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>What to wait for.</summary>
public enum WaitType
{
    /// <summary>Running and all its health checks pass.</summary>
    WaitUntilHealthy = 0,

    /// <summary>It ended with the expected exit code.</summary>
    WaitForCompletion = 1,

    /// <summary>Running.</summary>
    WaitUntilStarted = 2,
}

/// <summary>What a wait does when the resource ends or cannot start.</summary>
public enum WaitBehavior
{
    /// <summary>Keep waiting.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Fail.</summary>
    StopOnResourceUnavailable = 1,
}
