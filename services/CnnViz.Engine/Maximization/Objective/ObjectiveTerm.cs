namespace CnnViz.Engine.Maximization;

/// <summary>One summand of a run's objective.</summary>
/// <param name="Objective">What is measured.</param>
/// <param name="Weight">What its value is multiplied by; negative to avoid it.</param>
/// <param name="Filter">The filter it is about; null for the filter that the picture is for.</param>
public sealed record ObjectiveTerm(IObjective Objective, double Weight = 1, int? Filter = null);
