namespace CnnViz.Cli.Output;

/// <summary>Progress as lines: the first and the last, and between them at most one for each twentieth of the run.</summary>
/// <param name="writer">Takes the lines.</param>
internal sealed class PlainProgress(TextWriter writer) : IProgress<IShownProgress>
{
    private const double Interval = 0.05;

    // Fractions are sums of floats; without this, 0.15 may count as still below three intervals.
    private const double Slack = 1e-9;

    private double _next;

    public void Report(IShownProgress value)
    {
        if (value.Fraction < _next - Slack)
            return;
        _next = value.Fraction + Slack >= 1 ? double.PositiveInfinity : Math.Min(1, value.Fraction + Interval);
        writer.WriteLine($"  {value.Fraction,4:P0} · {value.Describe()}");
        writer.Flush();
    }
}
