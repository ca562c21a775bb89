namespace CnnViz.Stack.Tests.Faults;

/// <summary>Tests that start stacks of their own and hurt them; one after another, when no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's own word")]
public sealed class FaultsCollection
{
    public const string Name = "faults";
}
