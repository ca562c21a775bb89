namespace CnnViz.ServiceDefaults.Callers;

/// <summary>What a method needs and costs.</summary>
/// <param name="Needs">The permission; none means any caller that has shown who it is.</param>
/// <param name="Kind">What it is counted with.</param>
internal sealed record MethodRule(Permissions Needs, CallKind Kind);
