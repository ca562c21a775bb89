using System.Globalization;

namespace CnnViz.Engine.Maximization;

/// <summary>Collects violations: one method per kind of limit. The comparisons are written so that NaN fails them.</summary>
internal sealed class FieldChecks
{
    private readonly List<FieldViolation> _violations = [];

    public IReadOnlyList<FieldViolation> Violations => _violations;

    public void Refuse(string field, string value, string reason) => _violations.Add(new FieldViolation(field, value, reason));

    public void Enumeration<T>(string field, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Refuse(field, value.ToString(), $"one of {string.Join(", ", Enum.GetNames<T>())} is allowed");
        }
    }

    public void Integer(string field, int value, int low, int high)
    {
        if (value < low || value > high)
        {
            Refuse(field, Text(value), $"{Text(low)} to {Text(high)} is allowed");
        }
    }

    public void Range(string field, double value, double high, double low = 0)
    {
        if (!(value >= low && value <= high))
        {
            Refuse(field, Text(value), $"a finite number from {Text(low)} to {Text(high)} is allowed");
        }
    }

    public void Positive(string field, double value, double high)
    {
        if (!(value > 0 && value <= high))
        {
            Refuse(field, Text(value), $"a finite number above 0, at most {Text(high)}, is allowed");
        }
    }

    public void BelowOne(string field, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            Refuse(field, Text(value), "a finite number from 0 and below 1 is allowed");
        }
    }

    public static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
