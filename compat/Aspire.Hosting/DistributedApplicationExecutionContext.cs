namespace Aspire.Hosting;

/// <summary>What the application was started for.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>Running or publishing.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>Whether resources are run.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>Whether deployment artefacts are written.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}

/// <summary>What an application is started for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>Run the resources.</summary>
    Run = 0,

    /// <summary>Write deployment artefacts.</summary>
    Publish = 1,
}
