using System.Text.Json;
using CnnViz.Bench.Measuring;

namespace CnnViz.Bench;

/// <summary>One measured job. Numbers that a job does not have are null.</summary>
internal sealed record BenchResult
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>What was done.</summary>
    public required string Job { get; init; }

    /// <summary>The job's name on the command line.</summary>
    public required string Group { get; init; }

    /// <summary>What computed: "onednn", "torch", or "-" where no engine took part.</summary>
    public string Engine { get; init; } = "-";

    /// <summary>The arithmetic that ran.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>Milliseconds per <see cref="Unit"/>: the median over the pairs.</summary>
    public double? Ms { get; init; }

    /// <summary>What the milliseconds are for: "image-step", "pass", ...</summary>
    public string Unit { get; init; } = "image-step";

    /// <summary>
    /// Billions of floating-point operations per second, counted from the whole graph: two per multiply-add of its convolutions,
    /// and twice that where there is a way back. What an engine saves by leaving work out or by Winograd counts in its favour.
    /// </summary>
    public double? NominalGflops { get; init; }

    /// <summary><see cref="NominalGflops"/> as a share of the machine's measured fp32 peak with all threads.</summary>
    public double? FractionOfPeak { get; init; }

    /// <summary>What it is compared with.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's milliseconds for the same unit, in the same pairs: their median.</summary>
    public double? PeerMs { get; init; }

    /// <summary>Peer's milliseconds by ours: above 1 is faster than the peer.</summary>
    public double? Ratio { get; init; }

    /// <summary>The smallest and the largest ratio of a single pair.</summary>
    public IReadOnlyList<double>? Spread { get; init; }

    /// <summary>Interleaved pairs (repetitions where there is no peer) that the medians are of.</summary>
    public int Pairs { get; init; }

    /// <summary>Most resident memory that the process that did the job ever had, in MiB.</summary>
    public double? RssMb { get; init; }

    /// <summary>Cores, processor, instruction set and library.</summary>
    public string Machine { get; init; } = "";

    /// <summary>This result compared with a peer's times of the same rounds.</summary>
    public BenchResult Against(string peer, Samples ours, Samples theirs) => this with
    {
        Ms = Significant(ours.Median),
        Pairs = ours.Values.Count,
        Peer = peer,
        PeerMs = Significant(theirs.Median),
        Ratio = Significant(theirs.Median / ours.Median),
        Spread = theirs.Values.Zip(ours.Values, (their, our) => their / our).ToList() is var ratios
            ? [Significant(ratios.Min()), Significant(ratios.Max())]
            : null,
    };

    /// <summary>This result with times alone.</summary>
    public BenchResult Alone(Samples ours) => this with { Ms = Significant(ours.Median), Pairs = ours.Values.Count };

    /// <summary>With operations per second from the operations of one unit.</summary>
    public BenchResult WithOperations(double operations, double peakGflops) => Ms is not { } ms ? this : this with
    {
        NominalGflops = Significant(operations / ms / 1e6),
        FractionOfPeak = peakGflops > 0 ? Significant(operations / ms / 1e6 / peakGflops) : null,
    };

    /// <summary>Four significant digits: more would pretend to a steadiness that timings do not have.</summary>
    internal static double Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return 0;
        }

        var digits = 3 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 15 ? Math.Round(value, digits) : Math.Round(value);
    }
}
