namespace CnnViz.ServiceDefaults.Callers;

/// <summary>What a call costs, and so what it is counted with.</summary>
internal enum CallKind
{
    /// <summary>A look at something known: only the rate counts.</summary>
    Short,

    /// <summary>Computes, or waits for its turn to.</summary>
    Computing,

    /// <summary>Stays open and listens.</summary>
    Watching,
}
