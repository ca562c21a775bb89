namespace CnnViz.Cli.Stack;

/// <summary>The services a command calls.</summary>
[Flags]
internal enum ServiceKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>InferenceService.</summary>
    Inference = 1,

    /// <summary>RenderService.</summary>
    Render = 2,
}
