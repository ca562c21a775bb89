namespace CnnViz.Engine.Maximization;

/// <summary>One value of a request that is not allowed.</summary>
/// <param name="Field">The option's name in lower snake case, with an index for lists: "steps", "filters[3]".</param>
/// <param name="Value">The value as given.</param>
/// <param name="Reason">What is allowed, with the limit.</param>
public sealed record FieldViolation(string Field, string Value, string Reason);
