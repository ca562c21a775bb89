namespace Aspire.Hosting.Internal.Launching;

/// <summary>A project known by its path only.</summary>
internal sealed class ProjectPathMetadata(string projectPath) : IProjectMetadata
{
    public string ProjectPath => projectPath;
}
