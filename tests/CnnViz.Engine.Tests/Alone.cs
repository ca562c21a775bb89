namespace CnnViz.Engine.Tests;

/// <summary>Tests that watch the process's memory, and so run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
