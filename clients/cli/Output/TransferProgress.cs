using System.Globalization;

namespace CnnViz.Cli.Output;

/// <summary>How far bytes have come over a network.</summary>
/// <param name="Bytes">Bytes that are there.</param>
/// <param name="Total">All bytes; null while that is not known.</param>
internal sealed record TransferProgress(long Bytes, long? Total) : IShownProgress
{
    private const double Megabyte = 1e6;

    public double Fraction => Total is > 0 and var total ? Math.Min(1, (double)Bytes / total) : 0;

    /// <summary>"12.3 of 553.5 MB".</summary>
    public string Describe() => Total is { } total
        ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / Megabyte:0.0} of {total / Megabyte:0.0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{Bytes / Megabyte:0.0} MB");
}
