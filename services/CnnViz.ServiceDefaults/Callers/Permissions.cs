namespace CnnViz.ServiceDefaults.Callers;

/// <summary>What a caller may do.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing but what is open to all.</summary>
    None = 0,

    /// <summary>Ask InferenceService and MaximizationService.</summary>
    Infer = 1,

    /// <summary>Ask RenderService.</summary>
    Render = 2,

    /// <summary>Take models in and remove them; see and end other callers' runs.</summary>
    Manage = 4,

    /// <summary>All of it: what everybody has where callers are not told apart.</summary>
    All = Infer | Render | Manage,
}
