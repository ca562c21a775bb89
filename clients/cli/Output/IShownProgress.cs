namespace CnnViz.Cli.Output;

/// <summary>How far something is, as it is shown.</summary>
internal interface IShownProgress
{
    /// <summary>Share that is done, 0..1.</summary>
    double Fraction { get; }

    /// <summary>The numbers in words.</summary>
    string Describe();
}
