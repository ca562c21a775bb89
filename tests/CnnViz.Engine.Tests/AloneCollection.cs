namespace CnnViz.Engine.Tests;

/// <summary>Tests that watch the process's memory, and so run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
