namespace CnnViz.Engine.Maximization;

/// <summary>Options that are not allowed; <see cref="Violations"/> names each field, its value and the limit.</summary>
public sealed class InvalidMaximizationException(IReadOnlyList<FieldViolation> violations)
    : ArgumentException(string.Join("; ", violations.Select(v => $"{v.Field} = {v.Value}: {v.Reason}")))
{
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}
